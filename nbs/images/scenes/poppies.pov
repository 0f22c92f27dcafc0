// Red poppies in a meadow.
#include "common.inc"
camera { location <0, 1.0, -4> look_at <0, 1.25, 10> angle 56 right x * 4 / 3 }
Sunlight(<-0.5, 0.7, -0.5>, srgb <1.3, 1.22, 1.08>)
Sky(<0.82, 0.89, 0.96>, <0.30, 0.50, 0.82>, 0.45)
plane { y, 0 Patchy(<0.26, 0.34, 0.12>, <0.42, 0.48, 0.20>, 1) }
#declare Grass = object { Blades(700, 0.26, 0.004) Patchy(<0.26, 0.37, 0.12>, <0.52, 0.58, 0.26>, 0.4) finish { diffuse 0.6, 0.3 } }
Lawn(Grass, -20, 20, -3, 45, 2)
#declare Poppy = union {
  cylinder { <0, -0.6, 0>, 0, 0.006 pigment { color srgb <0.33, 0.42, 0.20> } }
  #for (Petal, 0, 3)
    difference {
      sphere { 0, 1 scale <0.055, 0.05, 0.055> } sphere { 0, 0.97 scale <0.055, 0.05, 0.055> } plane { -y, 0.0 inverse translate y * 0.02 }
      rotate <20, 0, 0> translate z * 0.028 rotate y * Petal * 90
      pigment { color srgb <0.80, 0.11, 0.07> } finish { diffuse 0.7, 0.3 }
    }
  #end
  sphere { 0, 0.02 translate y * -0.03 pigment { color srgb <0.10, 0.10, 0.08> } }
}
#for (Number, 0, 900)
  #local Far = -0.8 + 40 * pow(rand(Random), 1.8);
  object { Poppy scale Between(0.6, 1.0) rotate <Between(-35, 5), Between(0, 360), 0> translate <Between(-1, 1) * (3 + Far * 0.8), Between(0.4, 0.68), Far> }
#end
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.16, 0.26, 0.08>] [0.8 color srgb <0.34, 0.44, 0.15>] } scale 0.5 }
#declare Oak = Tree(<0.40, 0.32, 0.25>, Leaf, 50, 1.0, 0.1)
#for (Number, 0, 22) object { Oak rotate y * Between(0, 360) scale Between(0.9, 1.4) translate <-50 + Number * 4.7, -0.4, Between(50, 62)> } #end
