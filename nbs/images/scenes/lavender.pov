// Rows of lavender before a farmhouse.
#include "common.inc"
camera { location <0, 2.4, -8> look_at <0, 1.6, 12> angle 58 right x * 4 / 3 }
Sunlight(<-0.6, 0.7, -0.5>, srgb <1.3, 1.22, 1.05>)
Sky(<0.84, 0.90, 0.95>, <0.28, 0.50, 0.82>, 0.40)
plane { y, 0 Patchy(<0.50, 0.38, 0.27>, <0.64, 0.51, 0.38>, 0.2) normal { bumps 0.8 scale 0.08 } }
#declare Bush = union {
  mesh {
    #for (Number, 0, 420)
      #local A = Between(0, 2 * pi); #local R = sqrt(rand(Random));
      #local Foot = <cos(A), 0, sin(A)> * R * 0.25; #local Tip = <cos(A) * R * 0.55, 0.75 - 0.28 * R * R + Between(-0.06, 0.06), sin(A) * R * 0.55>;
      #local S = vnormalize(<Between(-1, 1), 0, Between(-1, 1)>);
      triangle { Foot - S * 0.006, Foot + S * 0.006, Tip }
    #end
    pigment { color srgb <0.40, 0.46, 0.32> }
  }
  mesh {
    #for (Number, 0, 420)
      #local A = Between(0, 2 * pi); #local R = sqrt(rand(Random));
      #local Tip = <cos(A) * R * 0.55, 0.80 - 0.28 * R * R + Between(-0.08, 0.06), sin(A) * R * 0.55>;
      #local S = vnormalize(<Between(-1, 1), 0, Between(-1, 1)>);
      triangle { Tip - S * 0.018 - y * 0.1, Tip + S * 0.018 - y * 0.1, Tip + y * 0.04 }
    #end
    pigment { bozo color_map { [0.2 color srgb <0.34, 0.24, 0.55>] [0.8 color srgb <0.56, 0.43, 0.74>] } scale 0.1 } finish { diffuse 0.65, 0.2 }
  }
}
#for (Row, -14, 14)
  #for (Place, 0, 62)
    object { Bush rotate y * Between(0, 360) scale Between(0.85, 1.1) translate <Row * 1.5 + 0.75, 0, -7 + Place * 0.62> }
  #end
#end
object { House(9, 4.2, 6, <0.80, 0.71, 0.56>, <0.72, 0.42, 0.29>, <0.38, 0.45, 0.42>, 1) rotate y * 12 translate <3, 0.2, 40> }
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.17, 0.25, 0.10>] [0.8 color srgb <0.34, 0.42, 0.18>] } scale 0.5 }
#declare Oak = Tree(<0.38, 0.31, 0.25>, Leaf, 45, 1.0, 0.1)
object { Oak translate <-3, 0, 42> } object { Oak rotate y * 80 scale 1.1 translate <15, 0, 44> } object { Oak rotate y * 180 scale 0.8 translate <-16, 0, 46> }
height_field {
  function 200, 200 { 0.3 * Lumps(x / 0.15, y / 0.2, 1) + 0.7 * sin(pi * y) * Lumps(x / 0.3, 0, 5) }
  smooth Patchy(<0.24, 0.30, 0.16>, <0.42, 0.44, 0.28>, 0.02) translate <-0.5, 0, 0> scale <400, 34, 80> translate <0, -3, 90>
}
