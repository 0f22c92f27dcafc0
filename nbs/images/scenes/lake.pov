// Mountains with snow behind a lake, conifers on its shore.
#include "common.inc"
camera { location <0, 3, -12> look_at <0, 4.6, 30> angle 58 right x * 4 / 3 }
Sunlight(<-0.7, 0.6, -0.7>, srgb <1.4, 1.34, 1.2> * 1.1)
Sky(<0.82, 0.89, 0.95>, <0.24, 0.45, 0.78>, 0.42)
fog { fog_type 2 fog_offset 0 fog_alt 12 distance 1400 color srgb <0.66, 0.75, 0.86> }
plane { y, 0 Water(<0.06, 0.20, 0.24>, 0.07, <0.8, 1, 0.25>) }
#declare Fold = function(x, y, z) { max(0, 1 - abs(2 * Lumps(x, y, z) - 1)) }
#declare Ridge = function(x, y, z) { 0.62 * pow(Fold(x / 0.20 + 3.3, y / 0.25, 1), 1.5) + 0.22 * Fold(x / 0.06, y / 0.06, 4) + 0.08 * Fold(x / 0.02, y / 0.02, 7) }
#declare Rock = texture {
  slope { y } texture_map {
    [0.74 pigment { bozo color_map { [0 color srgb <0.32, 0.30, 0.28>] [1 color srgb <0.47, 0.44, 0.41>] } scale 0.02 }]
    [0.9 pigment { bozo color_map { [0 color srgb <0.20, 0.25, 0.13>] [1 color srgb <0.33, 0.35, 0.20>] } scale 0.02 }]
  }
}
height_field {
  function 400, 400 { Ridge(x, y, 0) * pow(1 - y, 0.7) }
  smooth
  texture { gradient y texture_map { [0.50 Rock] [0.56 pigment { color srgb <0.93, 0.94, 0.97> }] } turbulence 0.12 }
  translate <-0.5, 0, 0> scale <300, 88, 130> translate <0, -1, 52>
}
height_field {
  function 300, 300 { 0.5 * Lumps(x / 0.2, y / 0.2, 0.3) + 0.06 * Grains(x / 0.2, y / 0.2, 0) }
  smooth Patchy(<0.15, 0.21, 0.09>, <0.32, 0.37, 0.18>, 0.01)
  translate <-0.5, 0, 0> scale <200, 12, 25> translate <0, -3.2, 42>
}
#declare Fir = Conifer(<0.06, 0.13, 0.07>, <0.14, 0.24, 0.12>, 0)
#declare Spruce = Conifer(<0.07, 0.14, 0.06>, <0.17, 0.26, 0.11>, 0)
#for (Number, 0, 190)
  #local Side = Between(-75, 75);
  object {
    #if (mod(Number, 2)) Fir #else Spruce #end
    rotate y * Between(0, 360) scale Between(4, 8) translate <Side, 0.1, Between(46, 60)>
  }
#end
// the near shore
height_field {
  function 200, 200 { max(0, 0.55 - 1.7 * sqrt((x - 0.02) * (x - 0.02) + (1 - y) * (1 - y)) + 0.10 * Lumps(x / 0.1, y / 0.1, 0)) }
  smooth Patchy(<0.30, 0.30, 0.17>, <0.50, 0.46, 0.32>, 0.01) normal { bumps 1 scale 0.004 }
  scale <34, 4, 22> translate <-16, -0.6, -6>
}
#for (Number, 0, 9)
  object { #if (mod(Number, 2)) Fir #else Spruce #end rotate y * Between(0, 360) scale Between(5.5, 8.5) translate <Between(-14, -7.5), 0.6, Between(0, 5)> }
#end
