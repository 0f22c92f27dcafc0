// Painted blocks, balls and a pot of pencils: nothing tells their colors.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.8 recursion_limit 2 } }
camera { location <0, 4.2, -9> look_at <0, 1.0, 0> angle 42 right x * 4 / 3 }
light_source { <-8, 10, -6> color srgb 1.1 area_light <2, 0, 0>, <0, 2, 0>, 4, 4 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.62, 0.64, 0.67> } }
plane { y, 0 pigment { wood turbulence 0.12 octaves 4 color_map { [0 color srgb <0.52, 0.36, 0.22>] [1 color srgb <0.66, 0.49, 0.32>] } scale <2, 0.2, 0.2> rotate <1, 0, 1> } finish { specular 0.2 } }
plane { -z, -5 pigment { color srgb <0.74, 0.72, 0.68> } }
#macro Block(X, Y, Z, Turn, Color) box { <-0.5, 0, -0.5>, <0.5, 1, 0.5> rotate y * Turn translate <X, Y, Z> pigment { color srgb Color } finish { specular 0.4 roughness 0.02 reflection 0.04 } } #end
#macro Ball(X, Z, R, Color) sphere { <X, R, Z>, R pigment { color srgb Color } finish { specular 0.6 roughness 0.01 reflection 0.05 } } #end
Block(-2.3, 0, 0.5, 20, <0.80, 0.12, 0.10>) Block(-1.2, 0, 0.9, 5, <0.12, 0.35, 0.75>) Block(-1.75, 1, 0.7, 12, <0.93, 0.76, 0.12>)
Block(-0.3, 0, -1.3, 40, <0.15, 0.58, 0.25>)
Ball(0.9, -0.2, 0.65, <0.90, 0.42, 0.08>) Ball(2.2, -1.2, 0.5, <0.55, 0.15, 0.60>) Ball(-1.9, -1.6, 0.42, <0.10, 0.62, 0.68>)
difference { cylinder { <2.3, 0, 0.9>, <2.3, 1.3, 0.9>, 0.55 } cylinder { <2.3, 0.1, 0.9>, <2.3, 1.4, 0.9>, 0.49 } pigment { color srgb <0.88, 0.88, 0.86> } finish { specular 0.4 } }
#declare Shades = array[6] { <0.80, 0.12, 0.10>, <0.10, 0.35, 0.75>, <0.93, 0.76, 0.12>, <0.15, 0.55, 0.25>, <0.55, 0.15, 0.55>, <0.90, 0.45, 0.10> }
#for (Number, 0, 5)
  union {
    cylinder { <0, 0, 0>, <0, 2.3, 0>, 0.075 pigment { color srgb Shades[Number] } finish { specular 0.3 } }
    cone { <0, 2.3, 0>, 0.075, <0, 2.52, 0>, 0.02 pigment { color srgb <0.80, 0.64, 0.44> } }
    cone { <0, 2.5, 0>, 0.025, <0, 2.56, 0>, 0 pigment { color srgb Shades[Number] } }
    rotate x * Between(8, 12) rotate y * Number * 60 translate <2.3, 0.15, 0.9>
  }
#end
