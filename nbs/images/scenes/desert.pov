// Dunes of sand under a clear sky.
#include "common.inc"
camera { location <0, 30, -30> look_at <2, 17, 30> angle 50 right x * 4 / 3 }
Sunlight(<-0.9, 0.42, 0.15>, srgb <1.45, 1.28, 1.0>)
Sky(<0.84, 0.87, 0.90>, <0.30, 0.50, 0.80>, 0.12)
fog { fog_type 2 fog_offset 0 fog_alt 15 distance 700 color srgb <0.80, 0.80, 0.78> }
#declare Dune = function { pattern { bozo turbulence 0.25 octaves 2 scale <0.22, 0.13, 1> rotate z * 25 } }
#declare Crest = function { pattern { wood sine_wave turbulence 0.14 octaves 2 scale 0.27 rotate x * 90 rotate y * 15 } }
height_field {
  function 500, 500 { 0.55 * pow(1 - abs(2 * Dune(x, y, 0.4) - 1), 1.6) + 0.25 * Dune(x * 0.5, y * 0.5, 7) + 0.004 * Grains(x / 0.1, y / 0.1, 0) }
  smooth
  Patchy(<0.80, 0.61, 0.38>, <0.88, 0.71, 0.48>, 0.1)
  normal { ripples 0.35 frequency 1 scale <0.006, 0.02, 0.009> turbulence 0.3 }
  translate <-0.5, 0, 0> scale <300, 34, 300> translate <0, -10, -20>
}
