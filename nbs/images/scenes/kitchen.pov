// A kitchen: cupboards, tiles, a pot on the stove, bread on the counter.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.7 recursion_limit 2 brightness 1.3 } }
camera { location <0, 1.65, -3.1> look_at <0, 1.2, 1.5> angle 62 right x * 4 / 3 }
light_source { <-3, 3.0, -2.4> color srgb 1.1 area_light <1.5, 0, 0>, <0, 0, 1.5>, 4, 4 adaptive 1 jitter }
light_source { <2.5, 2.4, -2> color srgb 0.4 area_light <1, 0, 0>, <0, 0, 1>, 3, 3 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.75, 0.78, 0.82> } }
box { <-4, 0, 1.5>, <4, 3, 1.7> pigment { color srgb <0.84, 0.82, 0.76> } }
box { <-4, 0.9, 1.49>, <4, 1.5, 1.5> pigment { brick color srgb <0.65, 0.64, 0.62>, color srgb <0.88, 0.88, 0.86> brick_size <0.2, 0.1, 1> mortar 0.008 } finish { specular 0.4 reflection 0.05 } }
box { <-4, -0.1, -4>, <4, 0, 2> pigment { checker color srgb <0.62, 0.42, 0.30>, color srgb <0.68, 0.48, 0.35> scale 0.3 } finish { reflection 0.04 } }
#declare Wood = texture { pigment { wood turbulence 0.1 color_map { [0 color srgb <0.58, 0.40, 0.23>] [1 color srgb <0.70, 0.51, 0.32>] } scale <0.05, 1, 0.05> rotate x * 2 } finish { specular 0.2 } }
#macro Cupboard(X, Y, W, H, Z)
  union {
    box { <X + 0.01, Y, Z>, <X + W - 0.01, Y + H, Z + 0.03> texture { Wood translate X } }
    difference { box { <X + 0.05, Y + 0.05, Z - 0.015>, <X + W - 0.05, Y + H - 0.05, Z> } box { <X + 0.1, Y + 0.1, Z - 0.02>, <X + W - 0.1, Y + H - 0.1, Z + 0.1> } texture { Wood translate X * 2 } }
    cylinder { <X + W - 0.07, Y + H * 0.45, Z - 0.04>, <X + W - 0.07, Y + H * 0.55, Z - 0.04>, 0.008 pigment { color srgb 0.75 } finish { specular 0.8 reflection 0.3 } }
  }
#end
#for (Number, 0, 9)
  #if (Number != 5) object { Cupboard(-3 + Number * 0.6, 0.1, 0.6, 0.75, 0.88) } #end
  #if (Number != 5 & Number != 3 & Number != 4) object { Cupboard(-3 + Number * 0.6, 1.55, 0.6, 0.85, 1.12) } #end
#end
box { <-3, 0.1, 0.91>, <3, 0.85, 1.5> texture { Wood } }
#for (Half, 0, 1) box { <-3 + Half * 3.6, 1.55, 1.15>, <-1.2 + Half * 4.2, 2.4, 1.5> texture { Wood } } #end
box { <-3, 0.85, 0.85>, <3, 0.9, 1.5> pigment { granite color_map { [0 color srgb 0.22] [1 color srgb 0.42] } scale 0.08 } finish { specular 0.4 reflection 0.08 } }
box { <0.02, 0.1, 0.87>, <0.58, 0.84, 0.9> pigment { color srgb 0.82 } finish { specular 0.5 reflection 0.1 } }
box { <0.08, 0.25, 0.86>, <0.52, 0.62, 0.87> pigment { color srgb 0.06 } finish { reflection 0.2 } }
#for (Knob, 0, 3) cylinder { <0.12 + Knob * 0.12, 0.75, 0.84>, <0.12 + Knob * 0.12, 0.75, 0.87>, 0.025 pigment { color srgb 0.15 } } #end
box { <-1.1, 1.6, 1.45>, <-0.1, 2.35, 1.5> pigment { color srgb 0.95 } }
box { <-1.05, 1.65, 1.44>, <-0.15, 2.3, 1.46> pigment { gradient y turbulence 0.3 color_map { [0.3 color srgb <0.40, 0.50, 0.30>] [0.5 color srgb <0.60, 0.68, 0.55>] [0.6 color srgb <0.82, 0.88, 0.95>] } scale 0.9 translate y * 1.6 } finish { emission 0.8 } }
box { <-0.62, 1.62, 1.42>, <-0.58, 2.33, 1.46> pigment { color srgb 0.95 } }
union { // a pot
  difference { cylinder { <0.3, 0.92, 1.2>, <0.3, 1.1, 1.2>, 0.13 } cylinder { <0.3, 0.94, 1.2>, <0.3, 1.2, 1.2>, 0.12 } }
  sphere { 0, 0.13 scale <1, 0.25, 1> translate <0.3, 1.1, 1.2> } sphere { <0.3, 1.15, 1.2>, 0.02 }
  pigment { color srgb 0.75 } finish { specular 0.8 roughness 0.01 reflection 0.35 }
}
sphere { 0, 1 scale <0.2, 0.085, 0.11> rotate y * 15 translate <-1.9, 0.99, 1.15> pigment { bozo turbulence 0.5 color_map { [0 color srgb <0.58, 0.34, 0.15>] [1 color srgb <0.76, 0.52, 0.28>] } scale 0.08 } normal { bumps 0.5 scale 0.03 } }
box { <-2.2, 0.9, 1.0>, <-1.6, 0.92, 1.3> pigment { wood color_map { [0 color srgb <0.5, 0.32, 0.18>] [1 color srgb <0.62, 0.43, 0.26>] } scale 0.04 } }
lathe { cubic_spline 6, <0.02, 0.9>, <0.09, 0.9>, <0.13, 0.97>, <0.16, 1.02>, <0.15, 1.02>, <0.0, 0.93> pigment { color srgb 0.9 } translate <-1.1, 0, 1.2> }
#for (Number, 0, 4) sphere { <-1.1 + 0.07 * cos(Number * 1.26), 1.02, 1.2 + 0.07 * sin(Number * 1.26)>, 0.045 pigment { color srgb <0.72, 0.14, 0.09> } finish { specular 0.5 } } #end
cylinder { <1.2, 0.9, 1.2>, <1.2, 1.12, 1.2>, 0.045 pigment { color srgb <0.25, 0.30, 0.12> } finish { specular 0.6 reflection 0.1 } }
cylinder { <1.2, 1.12, 1.2>, <1.2, 1.22, 1.2>, 0.015 pigment { color srgb <0.25, 0.30, 0.12> } }
#for (Jar, 0, 2) cylinder { <1.5 + Jar * 0.19, 0.9, 1.25>, <1.5 + Jar * 0.19, 1.1 - Jar * 0.03, 1.25>, 0.07 pigment { color srgb <0.86, 0.83, 0.76> } finish { specular 0.4 } } #end
#for (Jar, 0, 2) cylinder { <1.5 + Jar * 0.19, 1.1 - Jar * 0.03, 1.25>, <1.5 + Jar * 0.19, 1.12 - Jar * 0.03, 1.25>, 0.072 pigment { color srgb <0.55, 0.38, 0.22> } } #end
