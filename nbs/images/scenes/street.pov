// A street with painted houses.
#include "common.inc"
camera { location <0.5, 2.0, -9> look_at <2.2, 3.0, 10> angle 60 right x * 4 / 3 }
Sunlight(<-0.3, 0.7, -0.7>, srgb <1.2, 1.14, 1.02>)
Sky(<0.82, 0.89, 0.96>, <0.30, 0.50, 0.82>, 0.45)
#declare Ambient = rgb <0.22, 0.24, 0.28>;
plane { y, 0 pigment { granite color_map { [0 color srgb <0.36, 0.36, 0.37>] [1 color srgb <0.48, 0.48, 0.48>] } scale 0.2 } }
box { <2.5, 0, -20>, <4.6, 0.14, 90> pigment { brick color srgb <0.45, 0.44, 0.43>, color srgb <0.62, 0.60, 0.57> brick_size <0.6, 10, 0.6> mortar 0.015 rotate y * 0 } }
box { <-5.0, 0, -20>, <-7.0, 0.14, 90> pigment { color srgb <0.58, 0.57, 0.55> } }
#for (Mark, 0, 20) box { <-1.1, 0, -8 + Mark * 4>, <-0.95, 0.006, -6 + Mark * 4> pigment { color srgb 0.85 } } #end
#macro Place(Number, Wall, Roof, Door, Floors) object { House(6, 2.8 * Floors + 0.3, 7, Wall, Roof, Door, Floors) rotate y * 90 rotate y * 180 rotate y * 180 matrix <1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0> translate <4.6, 0.1, Number * 6.02> } #end
#macro Left(Number, Wall, Roof, Door, Floors) object { House(6, 2.8 * Floors + 0.3, 7, Wall, Roof, Door, Floors) rotate y * -90 translate <-7, 0.1, Number * 6.02 - 6> } #end
Place(1, <0.86, 0.74, 0.48>, <0.62, 0.33, 0.24>, <0.25, 0.35, 0.28>, 2)
Place(2, <0.52, 0.66, 0.76>, <0.45, 0.43, 0.42>, <0.45, 0.16, 0.13>, 2)
Place(3, <0.84, 0.55, 0.50>, <0.60, 0.34, 0.26>, <0.90, 0.90, 0.87>, 3)
Place(4, <0.90, 0.88, 0.82>, <0.48, 0.45, 0.43>, <0.20, 0.30, 0.45>, 2)
Place(5, <0.60, 0.72, 0.55>, <0.62, 0.33, 0.24>, <0.40, 0.25, 0.15>, 2)
Place(6, <0.85, 0.76, 0.60>, <0.60, 0.34, 0.26>, <0.40, 0.25, 0.15>, 3)
Place(7, <0.62, 0.40, 0.34>, <0.48, 0.45, 0.43>, <0.40, 0.25, 0.15>, 2)
Place(8, <0.88, 0.86, 0.80>, <0.60, 0.34, 0.26>, <0.40, 0.25, 0.15>, 2)
Left(1, <0.66, 0.44, 0.36>, <0.48, 0.45, 0.43>, <0.15, 0.2, 0.3>, 2)
Left(2, <0.90, 0.87, 0.80>, <0.60, 0.34, 0.26>, <0.3, 0.2, 0.15>, 2)
Left(3, <0.82, 0.70, 0.50>, <0.60, 0.34, 0.26>, <0.3, 0.2, 0.15>, 3)
Left(4, <0.62, 0.68, 0.72>, <0.48, 0.45, 0.43>, <0.3, 0.2, 0.15>, 2)
Left(5, <0.86, 0.83, 0.76>, <0.60, 0.34, 0.26>, <0.3, 0.2, 0.15>, 2)
Left(6, <0.80, 0.60, 0.52>, <0.60, 0.34, 0.26>, <0.3, 0.2, 0.15>, 2)
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.18, 0.29, 0.09>] [0.8 color srgb <0.36, 0.46, 0.17>] } scale 0.5 }
#declare Lime = Tree(<0.38, 0.32, 0.27>, Leaf, 50, 0.9, 0.09)
#for (Number, 0, 5) object { Lime rotate y * Number * 70 scale 0.62 translate <-5.8, 0.1, 4 + Number * 9> } #end
object { Lime scale 0.6 rotate y * 30 translate <3.4, 0.1, 33> }
