// A wooden cabin among conifers in the snow.
#include "common.inc"
camera { location <0, 2.2, -14> look_at <0.5, 3.3, 10> angle 52 right x * 4 / 3 }
Sunlight(<-0.6, 0.5, -0.5>, srgb <1.05, 1.0, 0.92>)
Sky(<0.84, 0.90, 0.96>, <0.33, 0.52, 0.80>, 0.35)
#declare Ambient = rgb <0.20, 0.24, 0.31>;
height_field {
  function 300, 300 { min(0.98, 0.30 * Lumps(x / 0.13, y / 0.13, 0) + 0.05 * Lumps(x / 0.02, y / 0.02, 3) + 0.5 * (1 - y) * (1 - y)) }
  smooth pigment { color srgb <0.93, 0.94, 0.96> } normal { bumps 0.3 scale 0.002 }
  translate <-0.5, 0, 0> scale <140, 7, 100> translate <0, -1.5, -16>
}
#declare Fir = Conifer(<0.07, 0.13, 0.08>, <0.15, 0.23, 0.12>, 0.8)
#declare Spruce = Conifer(<0.06, 0.11, 0.07>, <0.13, 0.21, 0.12>, 0.7)
#for (Number, 0, 110)
  object { #if (mod(Number, 2)) Fir #else Spruce #end rotate y * Between(0, 360) scale Between(5, 10) translate <Between(-45, 45), 0.6, Between(22, 55)> }
#end
object { Fir scale 8 translate <-7, 0.1, 3> }
object { Spruce scale 6 rotate y * 50 translate <8.2, 0.2, 4> }
#declare Log = texture {
  pigment { wood turbulence 0.1 color_map { [0 color srgb <0.36, 0.23, 0.13>] [1 color srgb <0.55, 0.37, 0.22>] } scale 0.06 rotate y * 88 }
}
union {
  #for (Row, 0, 9) cylinder { <-2.6, 0.14 + Row * 0.27, 0>, <2.6, 0.14 + Row * 0.27, 0>, 0.15 texture { Log translate Row } } #end
  #for (Row, 0, 9) cylinder { <2.4, 0.14 + Row * 0.27, -0.2>, <2.4, 0.14 + Row * 0.27, 4>, 0.15 texture { Log rotate y * 90 translate Row } } #end
  #for (Row, 0, 9) cylinder { <-2.4, 0.14 + Row * 0.27, -0.2>, <-2.4, 0.14 + Row * 0.27, 4>, 0.15 texture { Log rotate y * 90 translate Row } } #end
  prism { linear_sweep linear_spline -2.5, 2.5, 3, <0, 0>, <2, 1.5>, <4, 0> matrix <0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 2.75, 0> texture { Log } }
  prism {
    linear_sweep linear_spline -3, 3, 5, <-0.5, -0.35>, <2, 1.55>, <4.5, -0.35>, <2, 2.0>, <-0.5, -0.35>
    matrix <0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 2.8, 0> pigment { color srgb <0.94, 0.95, 0.97> } normal { bumps 0.3 scale 0.3 }
  }
  object { Window(<0.85, 0.80, 0.7>) scale 0.8 translate <-1.4, 0.9, -0.1> }
  box { <0.3, 0, -0.2>, <1.3, 2, 0> pigment { color srgb <0.40, 0.22, 0.13> } }
  box { <-1.6, 3.4, 1.2>, <-1.1, 5.2, 1.7> pigment { brick color srgb 0.6, color srgb <0.5, 0.35, 0.3> brick_size <0.2, 0.1, 0.2> mortar 0.015 } }
  rotate y * -22 translate <1.2, 0.1, 7>
}
