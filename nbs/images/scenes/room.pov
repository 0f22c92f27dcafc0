// A living room: sofa, lamp, table, window, a wooden floor.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.6 recursion_limit 2 brightness 1.3 } }
camera { location <0.6, 1.55, -4.4> look_at <-0.2, 1.15, 2> angle 66 right x * 4 / 3 }
light_source { <-6, 4.5, -1> color srgb <1.5, 1.4, 1.25> area_light <0, 0, 1>, <0, 1, 0>, 4, 4 adaptive 1 jitter }
light_source { <1.5, 2.6, -3.5> color srgb 0.45 area_light <1, 0, 0>, <0, 0, 1>, 3, 3 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.85, 0.90, 0.97> } }
#declare Wall = texture { pigment { color srgb <0.86, 0.83, 0.76> } normal { bumps 0.08 scale 0.01 } }
box { <-3.2, 0, 3>, <3.2, 2.7, 3.2> texture { Wall } }
box { <3, 0, -5>, <3.2, 2.7, 3> texture { Wall } }
difference { box { <-3.2, 0, -5>, <-3, 2.7, 3> } box { <-4, 0.9, -0.6>, <-2, 2.3, 1.4> } texture { Wall } }
box { <-3.3, 2.7, -5>, <3.3, 2.8, 3.2> pigment { color srgb 0.93 } }
box { <-3.2, 0, 2.96>, <3.2, 0.1, 3> pigment { color srgb 0.93 } }
#for (Bar, 0, 2) box { <-3.1, 0.9, -0.62 + Bar * 0.98>, <-3.04, 2.3, -0.56 + Bar * 0.98> pigment { color srgb 0.95 } } #end
box { <-3.1, 1.6, -0.6>, <-3.04, 1.65, 1.4> pigment { color srgb 0.95 } }
#for (Side, 0, 1)
  #for (Fold, 0, 5) cylinder { <-2.9, 0.1, -1.1 + Side * 2.55 + Fold * 0.09>, <-2.9, 2.5, -1.1 + Side * 2.55 + Fold * 0.09>, 0.06 pigment { color srgb <0.80, 0.76, 0.68> } } #end
#end
#for (Board, -22, 21)
  #for (Part, 0, 5)
    #local Shade = Between(0.82, 1.1);
    box {
      <Board * 0.15 + 0.003, -0.05, -5.5 + Part * 1.5 + mod(abs(Board), 3) * 0.5>, <Board * 0.15 + 0.147, 0, -4.005 + Part * 1.5 + mod(abs(Board), 3) * 0.5>
      pigment { wood turbulence 0.1 color_map { [0 color srgb <0.50, 0.33, 0.19> * Shade] [1 color srgb <0.62, 0.43, 0.26> * Shade] } scale <0.03, 0.03, 1> translate Board }
      finish { diffuse 0.7 specular 0.2 reflection 0.05 }
    }
  #end
#end
box { <-1.7, 0, -1.1>, <1.5, 0.015, 1.0> pigment { checker color srgb <0.62, 0.50, 0.40>, color srgb <0.74, 0.66, 0.54> scale 0.2 turbulence 0.02 } normal { bumps 0.8 scale 0.01 } }
#macro Soft(A, B, R)
  union {
    box { A + <R, R, 0>, B - <R, R, 0> } box { A + <0, R, R>, B - <0, R, R> } box { A + <R, 0, R>, B - <R, 0, R> }
    #local LX = A.x + R; #local HX = B.x - R; #local LY = A.y + R; #local HY = B.y - R; #local LZ = A.z + R; #local HZ = B.z - R;
    #for (I, 0, 1) #for (J, 0, 1)
      cylinder { <LX, LY + I * (HY - LY), LZ + J * (HZ - LZ)>, <HX, LY + I * (HY - LY), LZ + J * (HZ - LZ)>, R }
      cylinder { <LX + I * (HX - LX), LY, LZ + J * (HZ - LZ)>, <LX + I * (HX - LX), HY, LZ + J * (HZ - LZ)>, R }
      cylinder { <LX + I * (HX - LX), LY + J * (HY - LY), LZ>, <LX + I * (HX - LX), LY + J * (HY - LY), HZ>, R }
      #for (K, 0, 1) sphere { <LX + I * (HX - LX), LY + J * (HY - LY), LZ + K * (HZ - LZ)>, R } #end
    #end #end
  }
#end
union {
  object { Soft(<-1.5, 0.18, 1.9>, <0.0, 0.5, 2.8>, 0.06) }
  object { Soft(<0.0, 0.18, 1.9>, <1.5, 0.5, 2.8>, 0.06) }
  object { Soft(<-1.7, 0.1, 2.5>, <1.7, 0.95, 2.95>, 0.1) }
  object { Soft(<-1.8, 0.1, 1.9>, <-1.5, 0.68, 2.9>, 0.08) }
  object { Soft(<1.5, 0.1, 1.9>, <1.8, 0.68, 2.9>, 0.08) }
  pigment { color srgb <0.45, 0.47, 0.50> } normal { bumps 0.5 scale 0.008 }
}
object { Soft(<-0.25, -0.25, -0.08>, <0.25, 0.25, 0.08>, 0.07) rotate <-20, 10, 8> translate <-1.1, 0.75, 2.4> pigment { color srgb <0.75, 0.55, 0.22> } normal { bumps 0.5 scale 0.008 } }
object { Soft(<-0.25, -0.25, -0.08>, <0.25, 0.25, 0.08>, 0.07) rotate <-20, -10, -8> translate <1.15, 0.75, 2.4> pigment { color srgb <0.80, 0.76, 0.68> } normal { bumps 0.5 scale 0.008 } }
#declare Oak = texture { pigment { wood turbulence 0.1 color_map { [0 color srgb <0.36, 0.22, 0.12>] [1 color srgb <0.48, 0.31, 0.18>] } scale <1, 0.04, 0.04> rotate z * 1 } finish { specular 0.3 reflection 0.05 } }
union {
  box { <-0.6, 0.38, -0.35>, <0.6, 0.42, 0.35> }
  #for (I, 0, 1) #for (J, 0, 1) box { <-0.56 + I * 1.06, 0, -0.31 + J * 0.56>, <-0.50 + I * 1.06, 0.38, -0.25 + J * 0.56> } #end #end
  texture { Oak } translate <-0.1, 0, 0.4>
}
union {
  box { <-0.2, 0.42, 0.2>, <0.1, 0.45, 0.42> pigment { color srgb <0.25, 0.32, 0.42> } } 
  box { <-0.18, 0.45, 0.22>, <0.08, 0.475, 0.42> pigment { color srgb <0.85, 0.82, 0.76> } rotate y * 5 }
  cone { <0.25, 0.42, 0.5>, 0.035, <0.25, 0.52, 0.5>, 0.045 pigment { color srgb 0.9 } }
}
union {
  cylinder { <2.3, 0, 2.4>, <2.3, 0.03, 2.4>, 0.17 } cylinder { <2.3, 0, 2.4>, <2.3, 1.5, 2.4>, 0.015 }
  pigment { color srgb 0.2 } finish { specular 0.5 }
}
cone { <2.3, 1.4, 2.4>, 0.26, <2.3, 1.75, 2.4>, 0.15 open pigment { color srgb <0.93, 0.88, 0.76> } finish { emission 0.25 diffuse 0.6, 0.3 } }
union {
  box { <-0.65, 1.35, 2.95>, <0.65, 2.2, 2.99> texture { Oak } }
  box { <-0.58, 1.42, 2.94>, <0.58, 2.13, 2.96> pigment { color srgb 0.92 } }
  box { <-0.45, 1.52, 2.93>, <0.45, 2.03, 2.95> pigment { gradient y turbulence 0.35 color_map { [0.3 color srgb <0.30, 0.36, 0.20>] [0.45 color srgb <0.52, 0.54, 0.36>] [0.52 color srgb <0.72, 0.78, 0.84>] [1 color srgb <0.42, 0.56, 0.74>] } scale <0.3, 0.52, 0.3> translate y * 1.51 } }
}
// a plant in a pot
union {
  cone { <-2.35, 0, 2.4>, 0.15, <-2.35, 0.35, 2.4>, 0.2 pigment { color srgb <0.66, 0.38, 0.25> } }
  mesh {
    #for (Leaf, 0, 130)
      #local A = Between(0, 2 * pi); #local Up = Between(0.5, 1.35);
      #local P = <-2.35, Up, 2.4> + <cos(A), 0, sin(A)> * Between(0.05, 0.3);
      #local Q = P + <cos(A), Between(-0.4, 0.5), sin(A)> * 0.22; #local S = <-sin(A), 0, cos(A)> * 0.05;
      triangle { P, (P + Q) / 2 + S, Q } triangle { P, (P + Q) / 2 - S, Q }
    #end
    pigment { bozo color_map { [0 color srgb <0.15, 0.28, 0.10>] [1 color srgb <0.32, 0.45, 0.18>] } scale 0.1 } finish { diffuse 0.6, 0.2 specular 0.2 }
  }
  cylinder { <-2.35, 0.3, 2.4>, <-2.35, 1.2, 2.4>, 0.015 pigment { color srgb <0.3, 0.25, 0.15> } }
}
