// Hot-air balloons above fields.
#include "common.inc"
camera { location <0, 3, -20> look_at <0, 9, 10> angle 58 right x * 4 / 3 }
Sunlight(<-0.6, 0.6, -0.6>, srgb <1.25, 1.18, 1.05>)
Sky(<0.82, 0.89, 0.96>, <0.28, 0.49, 0.82>, 0.42)
height_field { function 300, 300 { 0.3 * Lumps(x / 0.2, y / 0.1, 0) + 0.3 * (1 - y) + 0.01 * Grains(x * 10, y * 10, 0) } smooth Patchy(<0.30, 0.40, 0.15>, <0.50, 0.54, 0.25>, 0.03) normal { granite 0.5 scale 0.01 } translate <-0.5, 0, 0> scale <300, 12, 160> translate <0, -5, -20> }
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.16, 0.26, 0.08>] [0.8 color srgb <0.34, 0.44, 0.15>] } scale 0.5 }
#declare Oak = Tree(<0.40, 0.32, 0.25>, Leaf, 50, 1.0, 0.1)
#for (Number, 0, 24) object { Oak rotate y * Between(0, 360) scale Between(0.6, 1.0) translate <-60 + Number * 5, -1.5, Between(45, 70)> } #end
#macro Balloon(A, B, C)
  union {
    lathe {
      cubic_spline 9, <0.3, -1.6>, <0.45, -1.55>, <1.0, -0.7>, <1.5, 0.3>, <1.55, 1.0>, <1.2, 1.7>, <0.6, 2.05>, <0.0, 2.15>, <-0.5, 2.1>
      pigment { radial frequency 8 color_map { [0.33 color srgb A] [0.33 color srgb B] [0.66 color srgb B] [0.66 color srgb C] } } finish { diffuse 0.7, 0.2 }
    }
    box { <-0.22, -2.5, -0.22>, <0.22, -2.15, 0.22> pigment { color srgb <0.45, 0.30, 0.18> } }
    #for (I, 0, 1) #for (J, 0, 1) cylinder { <-0.2 + I * 0.4, -2.2, -0.2 + J * 0.4>, <-0.35 + I * 0.7, -1.5, -0.35 + J * 0.7>, 0.012 pigment { color rgb 0.1 } } #end #end
  }
#end
object { Balloon(<0.80, 0.12, 0.10>, <0.93, 0.75, 0.15>, <0.15, 0.32, 0.65>) scale 2.2 translate <-5, 12, 6> }
object { Balloon(<0.15, 0.50, 0.30>, <0.92, 0.91, 0.87>, <0.90, 0.45, 0.10>) scale 2.2 rotate y * 20 translate <8, 15, 22> }
object { Balloon(<0.50, 0.18, 0.55>, <0.88, 0.50, 0.62>, <0.92, 0.91, 0.87>) scale 2 translate <2, 9, 40> }
