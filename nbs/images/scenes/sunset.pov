// The sun sets over the sea, an island before it.
#include "common.inc"
camera { location <0, 2.2, -10> look_at <0, 3.2, 20> angle 58 right x * 4 / 3 }
#declare Ambient = rgb <0.10, 0.08, 0.10>;
light_source { <150, 90, 1500> color srgb <1.3, 0.75, 0.4> }
sky_sphere {
  pigment {
    gradient y color_map {
      [0.00 color srgb <1.00, 0.72, 0.36>] [0.06 color srgb <0.98, 0.58, 0.33>] [0.16 color srgb <0.80, 0.46, 0.42>]
      [0.32 color srgb <0.45, 0.38, 0.52>] [0.6 color srgb <0.20, 0.25, 0.45>]
    }
  }
  pigment {
    bozo turbulence 0.6 octaves 8 omega 0.55
    color_map { [0.45 color srgbt <1, 1, 1, 1>] [0.6 color srgbt <0.85, 0.42, 0.30, 0.35>] [0.8 color srgbt <0.35, 0.26, 0.34, 0.15>] }
    scale <0.5, 0.06, 0.3>
  }
}
sphere { <150, 78, 1500>, 42 pigment { color rgb 1 } finish { ambient rgb <2.2, 1.8, 1.1> diffuse 0 } no_shadow }
plane { y, 0 Water(<0.04, 0.05, 0.08>, 0.16, <0.8, 1, 0.25>) }
height_field {
  function 300, 300 { max(0, 0.9 - 2.2 * sqrt((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5))) * (0.5 + Grains(x / 0.7, y / 0.7, 0)) }
  smooth pigment { color srgb <0.16, 0.13, 0.12> }
  translate <-0.5, 0, -0.5> scale <120, 26, 40> translate <-75, -1.5, 170>
}
