// A farmhouse with a red barn behind a lawn.
#include "common.inc"
camera { location <0, 2.0, -12> look_at <0, 3.0, 10> angle 56 right x * 4 / 3 }
Sunlight(<-0.5, 0.65, -0.6>, srgb <1.25, 1.18, 1.05>)
Sky(<0.82, 0.89, 0.96>, <0.28, 0.49, 0.82>, 0.5)
plane { y, 0 Patchy(<0.28, 0.37, 0.13>, <0.44, 0.51, 0.22>, 1.5) normal { bumps 0.6 scale 0.08 } }
#declare Grass = object { Blades(1200, 0.11, 0.005) Patchy(<0.25, 0.37, 0.11>, <0.50, 0.57, 0.24>, 0.4) finish { diffuse 0.6, 0.3 } }
Lawn(Grass, -18, 18, -11, 15, 2)
object { House(9, 5.6, 7, <0.90, 0.88, 0.83>, <0.56, 0.35, 0.28>, <0.24, 0.35, 0.27>, 2) rotate y * -8 translate <0.5, 0, 14> }
union {
  box { <0, -0.5, 0>, <7, 4, 9> pigment { gradient x color_map { [0 color srgb <0.30, 0.06, 0.05>] [0.05 color srgb <0.56, 0.13, 0.10>] [1 color srgb <0.52, 0.12, 0.09>] } scale 0.3 } }
  prism { linear_sweep linear_spline 0, 9, 5, <0, 4>, <1, 5.8>, <3.5, 7.2>, <6, 5.8>, <7, 4> rotate x * -90 scale <1, 1, -1> translate z * 0 pigment { color srgb <0.52, 0.12, 0.09> } }
  prism { linear_sweep linear_spline -0.3, 9.3, 7, <-0.2, 3.9>, <0.9, 5.9>, <3.5, 7.35>, <6.1, 5.9>, <7.2, 3.9>, <6, 6.1>, <3.5, 7.6> rotate x * -90 scale <1, 1, -1> pigment { color srgb <0.40, 0.40, 0.41> } }
  box { <2, -0.5, -0.06>, <5, 3, 0> pigment { color srgb <0.9, 0.9, 0.88> } }
  box { <2.15, -0.5, -0.1>, <4.85, 2.85, 0> pigment { color srgb <0.48, 0.11, 0.08> } }
  box { <3, 4.6, -0.06>, <4, 5.8, 0> pigment { color srgb <0.9, 0.9, 0.88> } }
  rotate y * 12 translate <-12.5, 0, 16>
}
#for (Post, 0, 18)
  box { <-16 + Post * 1.8, 0, 5>, <-15.85 + Post * 1.8, 1.1, 5.12> pigment { color srgb <0.86, 0.85, 0.82> } }
#end
#for (Rail, 0, 1) box { <-16, 0.4 + Rail * 0.45, 4.96>, <17, 0.52 + Rail * 0.45, 5> pigment { color srgb <0.88, 0.87, 0.84> } } #end
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.16, 0.27, 0.08>] [0.8 color srgb <0.34, 0.45, 0.15>] } scale 0.5 }
#declare Oak = Tree(<0.40, 0.32, 0.25>, Leaf, 60, 0.95, 0.09)
object { Oak scale 1.1 translate <12.5, 0, 15> } object { Oak rotate y * 99 scale 1.3 translate <-3.5, 0, 30> }
#for (Number, 0, 20) object { Oak rotate y * Between(0, 360) scale Between(0.9, 1.4) translate <-50 + Number * 5, -0.4, Between(45, 58)> } #end
