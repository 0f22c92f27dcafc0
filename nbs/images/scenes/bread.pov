// Breakfast: bread, a fried egg, tomatoes, salad, coffee.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.7 recursion_limit 2 } }
camera { location <0, 6.2, -6.4> look_at <0, 0.1, 0.1> angle 42 right x * 4 / 3 }
light_source { <-7, 9, 3> color srgb <1.15, 1.08, 0.97> area_light <2, 0, 0>, <0, 0, 2>, 4, 4 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.66, 0.68, 0.72> } }
plane { y, 0 pigment { wood turbulence 0.13 octaves 4 color_map { [0 color srgb <0.50, 0.34, 0.21>] [0.6 color srgb <0.64, 0.47, 0.31>] [1 color srgb <0.56, 0.39, 0.25>] } scale <2, 0.2, 0.2> rotate <1, 0, 1> } finish { specular 0.15 } }
#macro Plate(R) lathe { cubic_spline 8, <0, 0.3>, <0.01, 0.06>, <R * 0.55, 0.06>, <R * 0.7, 0.1>, <R, 0.2>, <R * 1.01, 0.17>, <R * 0.65, 0.0>, <0.0, 0.0> pigment { color srgb <0.90, 0.89, 0.87> } finish { diffuse 0.7 specular 0.5 roughness 0.01 reflection 0.04 } } #end
object { Plate(1.75) translate <-0.2, 0, -0.1> }
isosurface {
  function { pow((x) / 0.72, 2) + pow(z / 0.62, 2) - 1 + 0.25 * sin(atan2(z, x) * 3 + 1) + 0.12 * sin(atan2(z, x) * 5) + pow(y / 0.045, 2) }
  contained_by { box { <-1.1, -0.06, -1.1>, <1.1, 0.06, 1.1> } } max_gradient 60 accuracy 0.003
  pigment { radial frequency 0 color_map { [0 color srgb <0.95, 0.94, 0.90>] [1 color srgb <0.95, 0.94, 0.90>] } } normal { bumps 0.3 scale 0.08 } finish { diffuse 0.75 specular 0.4 }
  translate <-0.6, 0.13, 0.1>
}
sphere { 0, 1 scale <0.28, 0.15, 0.28> translate <-0.55, 0.15, 0.12> pigment { color srgb <0.95, 0.65, 0.10> } finish { specular 0.6 roughness 0.01 } }
#for (Number, 0, 2)
  union {
    sphere { 0, 0.26 scale <1, 0.6, 1> pigment { color srgb <0.76, 0.13, 0.08> } finish { specular 0.5 roughness 0.02 } }
    translate <0.55 + 0.35 * mod(Number, 2), 0.24, -0.75 + Number * 0.36>
  }
#end
mesh {
  #for (Number, 0, 260)
    #local P = <0.55 + Between(-0.4, 0.4), Between(0.1, 0.4), 0.65 + Between(-0.35, 0.35)>;
    triangle { P, P + <Between(-1, 1), Between(-0.5, 0.5), Between(-1, 1)> * 0.25, P + <Between(-1, 1), Between(-0.5, 0.5), Between(-1, 1)> * 0.25 }
  #end
  pigment { bozo color_map { [0.2 color srgb <0.25, 0.42, 0.12>] [0.8 color srgb <0.52, 0.64, 0.24>] } scale 0.2 } finish { diffuse 0.65, 0.25 }
}
#macro Slice()
  merge {
    cylinder { <-0.3, 0, 0.45>, <-0.3, 0.2, 0.45>, 0.45 } cylinder { <0.3, 0, 0.45>, <0.3, 0.201, 0.45>, 0.45 } box { <-0.62, 0, -0.55>, <0.62, 0.199, 0.5> }
    pigment { granite color_map { [0 color srgb <0.78, 0.62, 0.40>] [0.5 color srgb <0.90, 0.80, 0.60>] [1 color srgb <0.86, 0.73, 0.50>] } scale 0.3 } normal { bumps 0.2 scale 0.04 }
  }
#end
union {
  object { Slice() }
  merge {
    cylinder { <-0.3, 0.01, 0.45>, <-0.3, 0.17, 0.45>, 0.49 } cylinder { <0.3, 0.01, 0.45>, <0.3, 0.17, 0.45>, 0.49 }
    box { <-0.66, 0.01, -0.6>, <0.66, 0.17, 0.5> }
    pigment { color srgb <0.55, 0.32, 0.14> }
  }
  rotate <-4, 25, 0> translate <2.45, 0.03, 0.9>
}
union { object { Slice() } rotate <-8, 55, 0> translate <2.2, 0.22, 0.3> }
union {
  object { Plate(0.85) }
  difference { cone { <0, 0.1, 0>, 0.33, <0, 0.75, 0>, 0.5 } cone { <0, 0.15, 0>, 0.3, <0, 0.76, 0>, 0.46 } pigment { color srgb <0.90, 0.89, 0.87> } finish { specular 0.5 reflection 0.04 } }
  cylinder { <0, 0.2, 0>, <0, 0.66, 0>, 0.44 pigment { bozo turbulence 0.4 color_map { [0.4 color srgb <0.22, 0.12, 0.06>] [0.8 color srgb <0.52, 0.33, 0.18>] } scale 0.3 } finish { specular 0.3 reflection 0.05 } }
  torus { 0.18, 0.05 rotate x * 90 translate <0.55, 0.45, 0> pigment { color srgb <0.90, 0.89, 0.87> } }
  translate <-2.5, 0, 1.2>
}
union { // a knife
  box { <-0.06, 0.02, -0.2>, <0.05, 0.04, 1.2> pigment { color srgb 0.75 } finish { specular 0.8 reflection 0.4 } }
  sphere { 0, 1 scale <0.09, 0.06, 0.5> translate <0, 0.05, -0.65> pigment { color srgb <0.25, 0.15, 0.09> } finish { specular 0.4 } }
  rotate y * 8 translate <2.15, 0, -1.0>
}
