// Apples, oranges, lemons and bananas on a wooden table.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.7 recursion_limit 2 brightness 1 } }
camera { location <0, 4.6, -9> look_at <0, 0.9, 0> angle 42 right x * 4 / 3 }
light_source { <-9, 9, -4> color srgb <1.1, 1.03, 0.92> area_light <2, 0, 0>, <0, 2, 0>, 4, 4 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.62, 0.65, 0.70> } }
plane { -z, -7 pigment { bozo turbulence 1 color_map { [0 color srgb <0.60, 0.58, 0.54>] [1 color srgb <0.66, 0.64, 0.60>] } } }
#for (Board, -5, 4)
  box {
    <Board * 1.5 + 0.01, -0.3, -6>, <Board * 1.5 + 1.49, 0, 5>
    pigment { wood turbulence 0.15 octaves 4 color_map { [0 color srgb <0.36, 0.21, 0.11>] [0.6 color srgb <0.52, 0.33, 0.18>] [1 color srgb <0.40, 0.24, 0.13>] } scale <0.25, 0.25, 3> rotate x * 2 translate Board * 3.7 }
    finish { diffuse 0.75 specular 0.15 roughness 0.05 reflection 0.04 }
  }
#end
#macro Apple(Red, Yellow)
  union {
    lathe {
      bezier_spline 12,
      <0, 0.12>, <0.18, -0.03>, <0.42, 0.0>, <0.58, 0.3>, <0.58, 0.3>, <0.75, 0.6>, <0.70, 1.02>, <0.40, 1.1>, <0.40, 1.1>, <0.25, 1.13>, <0.1, 1.05>, <0, 0.88>
      sturm
      pigment { bozo turbulence 0.4 color_map { [0.35 color srgb Red] [0.75 color srgb Yellow] } scale <0.25, 1.4, 0.25> }
      finish { diffuse 0.75 specular 0.45 roughness 0.02 reflection 0.03 }
    }
    cone { <0, 0.85, 0>, 0.025, <0.06, 1.3, 0.02>, 0.04 pigment { color srgb <0.28, 0.18, 0.10> } }
  }
#end
#declare Orange = union {
  sphere { <0, 0.6, 0>, 0.6 pigment { color srgb <0.93, 0.49, 0.10> } normal { bumps 0.35 scale 0.035 } finish { diffuse 0.75 specular 0.3 roughness 0.05 } }
  sphere { <0, 1.185, 0>, 0.05 scale <1, 1, 1> pigment { color srgb <0.35, 0.38, 0.15> } }
}
#declare Lemon = sphere_sweep {
  b_spline 8, <-1.2, 0, 0>, 0.02, <-0.85, 0, 0>, 0.04, <-0.6, 0, 0>, 0.22, <-0.25, 0, 0>, 0.50, <0.25, 0, 0>, 0.50, <0.6, 0, 0>, 0.22, <0.85, 0, 0>, 0.04, <1.2, 0, 0>, 0.02
  pigment { color srgb <0.93, 0.80, 0.20> } normal { bumps 0.25 scale 0.05 } finish { diffuse 0.75 specular 0.3 roughness 0.04 }
  translate y * 0.46
}
#macro Banana()
  sphere_sweep {
    b_spline 9
    #for (Number, -4, 4) , <1.9 * sin(Number * 0.27), 1.9 - 1.9 * cos(Number * 0.27), 0>, 0.30 - 0.012 * Number * Number - 0.05 * (abs(Number) = 4) #end
    pigment {
      gradient x triangle_wave color_map { [0 color srgb <0.93, 0.78, 0.22>] [0.8 color srgb <0.90, 0.74, 0.20>] [0.93 color srgb <0.55, 0.52, 0.16>] [1 color srgb <0.22, 0.17, 0.08>] } scale 3.3
    }
    finish { diffuse 0.75 specular 0.2 roughness 0.05 }
  }
#end
object { Apple(<0.66, 0.09, 0.08>, <0.85, 0.55, 0.22>) rotate y * 30 translate <-1.5, 0, 0.2> }
object { Apple(<0.60, 0.07, 0.07>, <0.72, 0.28, 0.12>) rotate <0, 120, 14> translate <-2.7, 0.02, -0.9> }
object { Apple(<0.45, 0.58, 0.14>, <0.66, 0.70, 0.28>) rotate y * 70 translate <-0.6, 0, 1.5> }
object { Orange translate <0.4, 0, -0.5> }
object { Orange rotate <60, 0, 20> translate <1.2, 0.1, 0.7> }
object { Lemon rotate y * 35 translate <-0.9, 0, -1.7> }
object { Lemon rotate y * -50 translate <2.4, 0, -1.5> }
object { Banana() rotate <-68, 20, 0> translate <3.1, 0.35, 0.5> }
object { Banana() rotate <-75, 12, 0> translate <3.25, 0.42, 1.2> }
