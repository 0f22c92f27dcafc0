// A village by the sea at night, windows lit.
#include "common.inc"
camera { location <0, 4, -16> look_at <0, 4.2, 10> angle 58 right x * 4 / 3 }
#declare Ambient = rgb <0.03, 0.04, 0.07>;
light_source { <600, 700, 1500> color srgb <0.30, 0.36, 0.50> }
sky_sphere {
  pigment { gradient y color_map { [0 color srgb <0.14, 0.18, 0.28>] [0.5 color srgb <0.04, 0.06, 0.13>] } }
  pigment { bozo turbulence 0.6 octaves 7 color_map { [0.5 color srgbt <1, 1, 1, 1>] [0.8 color srgbt <0.30, 0.34, 0.42, 0.4>] } scale <0.5, 0.12, 0.4> }
}
sphere { <420, 560, 1500>, 42 pigment { color rgb 1 } finish { ambient rgb <1.0, 0.98, 0.9> diffuse 0 } no_shadow }
plane { y, 0 Water(<0.02, 0.03, 0.05>, 0.10, <0.6, 1, 0.2>) }
height_field { function 200, 200 { 0.25 + 0.5 * (1 - y) + 0.2 * Lumps(x / 0.2, y / 0.2, 3) } smooth pigment { color srgb <0.25, 0.27, 0.20> } translate <-0.5, 0, 0> scale <160, 9, 40> translate <0, -1.8, 14> finish { ambient rgb <0.03, 0.04, 0.07> } }
#for (Number, 0, 16)
  #local X = -34 + Number * 4.2; #local Z = 20 + mod(Number, 3) * 5;
  #local Up = 0.4 + mod(Number, 3) * 1.1;
  union {
    box { <-1.6, 0, 0>, <1.6, 2.6, 4> pigment { color srgb <0.80, 0.76, 0.68> } }
    prism { linear_sweep linear_spline -1.8, 1.8, 4, <-0.2, 2.5>, <2, 4.2>, <4.2, 2.5>, <-0.2, 2.5> matrix <0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0> pigment { color srgb <0.45, 0.26, 0.2> } }
    #for (Pane, 0, 1) #if (rand(Random) > 0.3) box { <-1.0 + Pane * 1.3, 0.9, -0.03>, <-0.3 + Pane * 1.3, 1.8, 0.05> pigment { color rgb 1 } finish { ambient rgb <1.3, 0.75, 0.28> diffuse 0 } } #end #end
    translate <X, Up, Z>
  }
#end
#for (Lamp, 0, 7)
  union {
    cylinder { <0, 0, 0>, <0, 2.6, 0>, 0.05 pigment { color rgb 0.1 } }
    sphere { <0, 2.7, 0>, 0.16 pigment { color rgb 1 } finish { ambient rgb <1.6, 1.1, 0.5> diffuse 0 } no_shadow }
    translate <-24 + Lamp * 7, 0.6, 17.5>
  }
  light_source { <-24 + Lamp * 7, 3.3, 17.3> color srgb <1.1, 0.70, 0.32> fade_distance 2.5 fade_power 2 }
#end
