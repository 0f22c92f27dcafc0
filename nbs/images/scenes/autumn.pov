// Maples in autumn on a lawn with fallen leaves.
#include "common.inc"
camera { location <0, 1.8, -9> look_at <0, 2.9, 10> angle 58 right x * 4 / 3 }
Sunlight(<-0.6, 0.6, -0.5>, srgb <1.3, 1.2, 1.0>)
Sky(<0.82, 0.88, 0.94>, <0.32, 0.52, 0.82>, 0.35)
plane { y, 0 Patchy(<0.28, 0.34, 0.12>, <0.44, 0.46, 0.20>, 1.5) }
#declare Grass = object { Blades(1000, 0.09, 0.005) Patchy(<0.26, 0.35, 0.11>, <0.50, 0.54, 0.23>, 0.4) finish { diffuse 0.6, 0.3 } }
Lawn(Grass, -18, 18, -8, 22, 2)
#for (Number, 1, 5000)  // fallen leaves
  #local P = <Between(-16, 16), 0.06, Between(-7, 24)>;
  triangle {
    P, P + <Between(-1, 1), Between(0, 0.4), Between(-1, 1)> * 0.11, P + <Between(-1, 1), Between(0, 0.4), Between(-1, 1)> * 0.11
    pigment { color srgb <0.80, Between(0.30, 0.62), 0.12> }
  }
#end
#macro Maple(Dark, Light) Tree(<0.36, 0.30, 0.25>, pigment { bozo color_map { [0.2 color srgb Dark] [0.8 color srgb Light] } scale 0.6 }, 70, 1.0, 0.09) #end
#declare Red = Maple(<0.55, 0.14, 0.06>, <0.82, 0.34, 0.10>)
#declare Gold = Maple(<0.66, 0.42, 0.08>, <0.88, 0.68, 0.18>)
#declare Orange = Maple(<0.66, 0.27, 0.06>, <0.88, 0.50, 0.14>)
#declare Green = Maple(<0.20, 0.30, 0.10>, <0.40, 0.46, 0.18>)
object { Red translate <-6.5, 0, 9> }
object { Gold rotate y * 70 scale 1.1 translate <0.5, 0, 13> }
object { Orange rotate y * 20 translate <7, 0, 10> }
#for (Number, 0, 22)
  #local Kind = mod(Number, 4);
  object {
    #if (Kind = 0) Red #end #if (Kind = 1) Gold #end #if (Kind = 2) Orange #end #if (Kind = 3) Green #end
    rotate y * Between(0, 360) scale Between(0.9, 1.4) translate <-34 + Number * 3.1, 0, Between(20, 36)>
  }
#end
