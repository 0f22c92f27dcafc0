// Green hills with fields, hedges and a few trees.
#include "common.inc"
camera { location <0, 27, -46> look_at <0, 12, 30> angle 46 right x * 4 / 3 }
Sunlight(<-0.7, 0.5, -0.3>, srgb <1.25, 1.18, 1.02>)
Sky(<0.82, 0.89, 0.95>, <0.30, 0.50, 0.80>, 0.55)
fog { fog_type 2 fog_offset 0 fog_alt 20 distance 700 color srgb <0.70, 0.78, 0.88> }
#declare Land = function(x, y) { 0.55 * Lumps(x / 0.22 + 4.4, y / 0.22, 0) + 0.35 * y * y + 0.02 * Lumps(x / 0.03, y / 0.03, 0) }
#declare Field = pigment {
  crackle solid scale 0.15
  color_map {
    [0.0 color srgb <0.33, 0.43, 0.16>] [0.25 color srgb <0.45, 0.52, 0.22>] [0.45 color srgb <0.38, 0.47, 0.18>]
    [0.6 color srgb <0.66, 0.60, 0.35>] [0.72 color srgb <0.30, 0.40, 0.15>] [0.85 color srgb <0.52, 0.42, 0.28>] [1 color srgb <0.40, 0.50, 0.20>]
  }
}
height_field {
  function 500, 500 { Land(x, 1 - y) }
  smooth
  pigment { Field warp { turbulence 0.02 } }
  normal { granite 0.4 scale 0.01 }
  translate <-0.5, 0, 0> scale <220, 34, 220> translate <0, -2, -30>
}
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.14, 0.24, 0.07>] [0.8 color srgb <0.30, 0.40, 0.13>] } scale 0.5 }
#declare Oak = Tree(<0.36, 0.30, 0.24>, Leaf, 40, 1.1, 0.12)
#for (Number, 0, 140)
  #local X = Between(0.1, 0.9);
  #local Y = 0.12 + 0.85 * pow(rand(Random), 0.7);
  object { Oak rotate y * Between(0, 360) scale Between(0.4, 0.75) translate <(X - 0.5) * 220, Land(X, Y) * 34 - 2.2, Y * 220 - 30> }
#end
