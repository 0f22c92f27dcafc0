// A garden with flower beds, a hedge, a path and a cottage.
#include "common.inc"
camera { location <0, 1.8, -8> look_at <0, 1.8, 8> angle 60 right x * 4 / 3 }
Sunlight(<-0.5, 0.75, -0.5>, srgb <1.25, 1.18, 1.05>)
Sky(<0.82, 0.89, 0.96>, <0.30, 0.50, 0.82>, 0.5)
plane { y, 0 Patchy(<0.28, 0.38, 0.13>, <0.42, 0.50, 0.21>, 1.5) }
#declare Grass = object { Blades(1500, 0.05, 0.004) Patchy(<0.26, 0.39, 0.12>, <0.46, 0.55, 0.22>, 0.5) finish { diffuse 0.6, 0.3 } }
Lawn(Grass, -13, 13, -7, 13, 1.3)
box { <-0.8, 0, -10>, <0.8, 0.06, 14> pigment { crackle color_map { [0.02 color srgb <0.50, 0.45, 0.38>] [0.08 color srgb <0.68, 0.63, 0.55>] [1 color srgb <0.58, 0.54, 0.48>] } scale 0.35 } normal { crackle 0.6 scale 0.35 } }
object { House(8, 3.4, 6, <0.87, 0.82, 0.70>, <0.55, 0.36, 0.27>, <0.30, 0.42, 0.35>, 1) translate <-4.3, 0, 14> }
#declare Petals = array[5] { <0.80, 0.12, 0.14>, <0.92, 0.90, 0.85>, <0.93, 0.72, 0.14>, <0.80, 0.40, 0.58>, <0.45, 0.30, 0.68> }
#macro Bed(X1, X2, Z1, Z2, Count)
  box { <X1, 0, Z1>, <X2, 0.08, Z2> pigment { granite color_map { [0 color srgb <0.25, 0.18, 0.12>] [1 color srgb <0.38, 0.28, 0.20>] } scale 0.1 } }
  #for (Number, 1, Count)
    #local P = <Between(X1, X2), 0.05, Between(Z1, Z2)>; #local Tall = Between(0.3, 0.6);
    mesh {
      #for (Leaf, 0, 12)
        #local A = Between(0, 2 * pi);
        triangle { P, P + <cos(A) * 0.04, Tall * 0.4, sin(A) * 0.04>, P + <cos(A + 0.4) * 0.17, Tall * Between(0.3, 0.9), sin(A + 0.4) * 0.17> }
      #end
      pigment { color srgb <0.24, 0.37, 0.14> * Between(0.8, 1.3) } finish { diffuse 0.6, 0.3 }
    }
    #local Petal = Petals[int(Between(0, 5))];
    #for (Head, 0, 2)
      #local Q = P + <Between(-0.12, 0.12), Tall * Between(0.85, 1.2), Between(-0.12, 0.12)>;
      mesh {
        #for (Number2, 0, 6)
          #local A = Number2 * 0.9;
          triangle { Q, Q + <cos(A), 0.35, sin(A)> * 0.07, Q + <cos(A + 0.75), 0.35, sin(A + 0.75)> * 0.07 }
        #end
        pigment { color srgb Petal } finish { diffuse 0.65, 0.3 }
      }
    #end
  #end
#end
Bed(-3.6, -1.1, -5.5, 12, 420)
Bed(1.1, 3.6, -5.5, 12, 420)
#macro Hedge(X1, X2, Z1, Z2, Tall, Count)
  box { <X1 + 0.1, 0, Z1 + 0.1>, <X2 - 0.1, Tall - 0.1, Z2 - 0.1> pigment { color srgb <0.12, 0.18, 0.07> } }
  mesh {
    #for (Number, 1, Count)
      #local P = <Between(X1, X2), Between(0, Tall), Between(Z1, Z2)>;
      triangle { P, P + <Between(-1, 1), Between(-1, 1), Between(-1, 1)> * 0.09, P + <Between(-1, 1), Between(-1, 1), Between(-1, 1)> * 0.09 }
    #end
    pigment { bozo color_map { [0.2 color srgb <0.17, 0.28, 0.09>] [0.8 color srgb <0.34, 0.46, 0.17>] } scale 0.3 } finish { diffuse 0.6, 0.3 }
  }
#end
Hedge(-9, -8, -6, 14, 1.7, 16000)
Hedge(8, 9, -6, 14, 1.7, 16000)
#declare Leaf = pigment { bozo color_map { [0.2 color srgb <0.17, 0.28, 0.08>] [0.8 color srgb <0.36, 0.46, 0.16>] } scale 0.5 }
#declare Apple = Tree(<0.40, 0.34, 0.28>, Leaf, 55, 0.9, 0.09)
object { Apple scale 0.6 translate <-6.3, 0, 8> } object { Apple scale 0.62 rotate y * 80 translate <6.2, 0, 7> }
#for (Number, 0, 12) object { Apple rotate y * Between(0, 360) scale Between(0.9, 1.3) translate <-30 + Number * 5, 0, Between(26, 34)> } #end
