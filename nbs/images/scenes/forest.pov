// A path through a forest in spring.
#include "common.inc"
camera { location <0, 1.6, -5> look_at <0, 2.0, 10> angle 62 right x * 4 / 3 }
#declare Ambient = rgb <0.36, 0.38, 0.34>;
Sunlight(<-0.4, 0.8, 0.25>, srgb <1.5, 1.42, 1.2>)
Sky(<0.90, 0.93, 0.93>, <0.70, 0.82, 0.92>, 0.5)
fog { distance 240 color srgb <0.66, 0.73, 0.62> }
plane {
  y, 0
  pigment {
    gradient x triangle_wave
    pigment_map {
      [0.04 granite color_map { [0 color srgb <0.42, 0.33, 0.24>] [1 color srgb <0.60, 0.50, 0.38>] } scale 0.02]
      [0.09 bozo color_map { [0 color srgb <0.22, 0.26, 0.10>] [1 color srgb <0.38, 0.38, 0.18>] } scale 0.01]
    }
    turbulence 0.02 scale 30
  }
  normal { bumps 0.8 scale 0.06 }
}
#declare Grass = object { Blades(900, 0.16, 0.006) Patchy(<0.22, 0.33, 0.09>, <0.46, 0.52, 0.20>, 0.4) finish { diffuse 0.6, 0.4 } }
Lawn(Grass, -21.2, -1.2, -4, 30, 2)
Lawn(Grass, 1.2, 21.2, -4, 30, 2)
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.20, 0.34, 0.08>] [0.8 color srgb <0.46, 0.56, 0.18>] } scale 0.6 }
#declare Beech = Tree(<0.46, 0.42, 0.37>, Leaf, 80, 1.3, 0.08)
#declare Birch = Tree(<0.40, 0.33, 0.26>, Leaf, 80, 1.4, 0.08)
#for (Number, 0, 75)
  #local Side = (mod(Number, 2) * 2 - 1) * Between(2.4, 24);
  #local Tall = Between(1.3, 2.0);
  object {
    #if (mod(Number, 3)) Beech #else Birch #end
    rotate y * Between(0, 360) scale <Tall, Tall * 1.25, Tall> translate <Side, 0, Between(1, 6) + Number * 0.75>
  }
#end
