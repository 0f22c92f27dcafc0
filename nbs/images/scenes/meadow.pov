// A meadow with trees under a blue sky with clouds.
#include "common.inc"
camera { location <0, 1.7, -6> look_at <0, 2.2, 10> angle 62 right x * 4 / 3 }
Sunlight(<-0.5, 0.7, -0.5>, srgb <1.25, 1.2, 1.08>)
Sky(<0.80, 0.88, 0.96>, <0.27, 0.47, 0.80>, 0.52)
plane { y, 0 Patchy(<0.28, 0.36, 0.12>, <0.42, 0.50, 0.20>, 1.5) normal { bumps 0.6 scale 0.08 } }
#declare Grass = object { Blades(1500, 0.10, 0.004) Patchy(<0.24, 0.36, 0.10>, <0.50, 0.58, 0.24>, 0.4) finish { diffuse 0.6, 0.3 } }
Lawn(Grass, -26, 26, -5, 55, 2)
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.16, 0.27, 0.08>] [0.8 color srgb <0.34, 0.45, 0.15>] } scale 0.5 }
#declare Oak = Tree(<0.40, 0.32, 0.25>, Leaf, 55, 0.75, 0.09)
#declare Elm = Tree(<0.40, 0.34, 0.28>, Leaf, 55, 0.8, 0.09)
object { Oak translate <-6, 0, 12> }
object { Elm rotate y * 40 scale 1.2 translate <7.5, 0, 20> }
object { Oak rotate y * 150 scale 1.1 translate <2, 0, 38> }
#for (Number, 0, 26)
  object {
    #if (mod(Number, 2)) Oak #else Elm #end
    rotate y * Between(0, 360) scale Between(0.9, 1.5) translate <-65 + Number * 5, -0.5, Between(62, 75)>
  }
#end
