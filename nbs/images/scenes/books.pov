// Books on a shelf, a cup and a globe.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.8 recursion_limit 2 } }
camera { location <0, 1.3, -5.2> look_at <0, 1.25, 0> angle 42 right x * 4 / 3 }
light_source { <-5, 5, -6> color srgb <1.1, 1.04, 0.94> area_light <1.5, 0, 0>, <0, 1.5, 0>, 4, 4 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.62, 0.62, 0.62> } }
#declare Wood = texture { pigment { wood turbulence 0.1 octaves 4 color_map { [0 color srgb <0.42, 0.26, 0.15>] [1 color srgb <0.56, 0.37, 0.22>] } scale <2, 0.06, 0.06> rotate <1, 0, 1> } finish { specular 0.2 } }
box { <-3, -0.12, -0.7>, <3, 0, 1> texture { Wood } }
box { <-3, 1.35, -0.7>, <3, 1.45, 1> texture { Wood translate 3 } }
box { <-3, 2.75, -0.7>, <3, 2.85, 1> texture { Wood translate 5 } }
box { <-3, -1, 0.98>, <3, 4, 1.1> texture { Wood translate 9 } }
#declare Covers = array[10] { <0.50, 0.12, 0.11>, <0.16, 0.24, 0.42>, <0.24, 0.36, 0.24>, <0.78, 0.72, 0.60>, <0.42, 0.28, 0.18>, <0.15, 0.15, 0.16>, <0.72, 0.50, 0.18>, <0.55, 0.55, 0.53>, <0.35, 0.14, 0.22>, <0.82, 0.80, 0.75> }
#macro Shelf(X1, X2, Up)
  #local X = X1;
  #while (X < X2)
    #local Thick = Between(0.09, 0.22); #local Tall = Between(0.85, 1.2); #local Cover = Covers[int(Between(0, 10))] * Between(0.85, 1.1);
    union {
      box { <0, 0, -0.35>, <Thick - 0.012, Tall, 0.4> pigment { color srgb Cover } normal { bumps 0.15 scale 0.01 } finish { specular 0.15 } }
      box { <0.012, Tall * 0.78, -0.353>, <Thick - 0.024, Tall * 0.84, -0.34> pigment { color srgb <0.78, 0.66, 0.38> } }
      box { <Thick * 0.35, Tall * 0.25, -0.353>, <Thick * 0.6, Tall * 0.7, -0.34> pigment { bozo color_map { [0.5 color srgb Cover] [0.5 color srgb <0.80, 0.76, 0.66>] } scale <0.05, 0.02, 1> } }
      translate <X, Up, Between(-0.04, 0.04)>
    }
    #local X = X + Thick;
  #end
#end
Shelf(-2.9, 0.6, 0) Shelf(-2.9, -1.2, 1.45) Shelf(0.4, 2.9, 1.45)
union { // a globe
  sphere { 0, 0.42 pigment { bozo turbulence 0.5 octaves 6 color_map { [0.55 color srgb <0.28, 0.44, 0.58>] [0.56 color srgb <0.66, 0.62, 0.40>] [0.8 color srgb <0.52, 0.52, 0.30>] } scale 0.5 translate 2 } finish { specular 0.4 } }
  torus { 0.47, 0.02 rotate x * 90 rotate y * 30 pigment { color srgb <0.62, 0.50, 0.25> } finish { specular 0.6 } }
  cylinder { <0, -0.46, 0>, <0, -0.72, 0>, 0.04 pigment { color srgb <0.35, 0.22, 0.13> } } cylinder { <0, -0.72, 0>, <0, -0.77, 0>, 0.25 pigment { color srgb <0.35, 0.22, 0.13> } }
  translate <-0.4, 2.22, 0>
}
union { // a cup
  difference { cone { <0, 0, 0>, 0.2, <0, 0.45, 0>, 0.25 } cone { <0, 0.03, 0>, 0.18, <0, 0.46, 0>, 0.23 } }
  torus { 0.14, 0.03 rotate x * 90 translate <0.29, 0.24, 0> }
  pigment { color srgb <0.86, 0.86, 0.84> } finish { specular 0.5 roughness 0.01 } translate <1.3, 0, -0.2>
}
union { // a lying stack
  #for (Number, 0, 3) box { <-0.5 + Between(-0.05, 0.05), Number * 0.16, -0.35>, <0.5 + Between(-0.05, 0.05), Number * 0.16 + 0.15, 0.35> rotate y * Between(-6, 6) pigment { color srgb Covers[mod(Number * 3 + 1, 10)] } } #end
  translate <2.2, 0, 0>
}
