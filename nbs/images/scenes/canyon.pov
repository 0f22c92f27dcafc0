// A canyon of red rock in layers.
#include "common.inc"
camera { location <0, 16, -30> look_at <0, 15, 40> angle 58 right x * 4 / 3 }
Sunlight(<-0.7, 0.55, -0.35>, srgb <1.3, 1.18, 1.0>)
Sky(<0.80, 0.88, 0.95>, <0.22, 0.45, 0.82>, 0.40)
#declare Steps = function(h) { 0.5 * h + 0.5 * (floor(h * 6) + pow(h * 6 - floor(h * 6), 6)) / 6 }
#declare Raw = function(x, y) { min(0.98, max(0, 1.15 * Lumps(x / 0.13, y / 0.17, 2.2) - 0.1 + 0.10 * Lumps(x / 0.03, y / 0.03, 4) - 0.75 * exp(-pow((x - 0.5 - 0.05 * sin(y * 9)) / 0.10, 2)) + 0.3 * (1 - y))) }
height_field {
  function 500, 500 { Steps(Raw(x, y)) }
  smooth
  texture {
    slope { y }
    texture_map {
      [0.55 pigment { gradient y turbulence 0.02 color_map {
        [0.00 color srgb <0.60, 0.33, 0.21>] [0.20 color srgb <0.72, 0.43, 0.28>] [0.35 color srgb <0.56, 0.28, 0.18>] [0.5 color srgb <0.78, 0.54, 0.38>]
        [0.65 color srgb <0.66, 0.36, 0.23>] [0.85 color srgb <0.58, 0.31, 0.20>] [1.00 color srgb <0.60, 0.33, 0.21>] } scale 0.16 } normal { granite 0.5 scale 0.03 }]
      [0.85 pigment { bozo turbulence 0.5 color_map { [0.3 color srgb <0.72, 0.50, 0.35>] [0.8 color srgb <0.50, 0.46, 0.30>] } scale 0.01 }]
    }
  }
  translate <-0.5, 0, 0> scale <220, 34, 220> translate <0, -6, -40>
}
