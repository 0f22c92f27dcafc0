// Flowers in a vase before a window.
#declare Ambient = 0;
#include "common.inc"
global_settings { radiosity { pretrace_start 0.08 pretrace_end 0.02 count 35 nearest_count 5 error_bound 0.8 recursion_limit 2 brightness 1.1 } }
camera { location <0, 3.6, -11.5> look_at <0, 2.85, 0> angle 42 right x * 4 / 3 }
light_source { <-10, 9, -7> color srgb <1.15, 1.08, 0.98> area_light <2.5, 0, 0>, <0, 2.5, 0>, 4, 4 adaptive 1 jitter }
sky_sphere { pigment { color srgb <0.6, 0.63, 0.68> } }
plane { -z, -4 pigment { bozo turbulence 1 color_map { [0 color srgb <0.58, 0.57, 0.50>] [1 color srgb <0.64, 0.63, 0.56>] } scale 2 } normal { bumps 0.1 scale 0.05 } }
plane { y, 0 pigment { wood turbulence 0.12 octaves 4 color_map { [0 color srgb <0.44, 0.28, 0.16>] [1 color srgb <0.58, 0.39, 0.23>] } scale <2, 0.2, 0.2> rotate <1, 0, 1> } finish { specular 0.2 reflection 0.05 } }
lathe {
  cubic_spline 9, <0.2, -0.3>, <0.55, 0>, <0.85, 0.6>, <0.9, 1.2>, <0.55, 1.9>, <0.42, 2.2>, <0.55, 2.5>, <0.5, 2.48>, <0.3, 2.0>
  pigment { color srgb <0.82, 0.84, 0.85> } finish { diffuse 0.7 specular 0.6 roughness 0.01 reflection 0.06 }
}
#macro Flower(Petal, Center, Count, Long, Wide)
  union {
    #for (Layer, 0, 1)
      #for (Number, 0, Count - 1)
        sphere {
          0, 1 scale <Wide, 0.05, Long> translate z * Long * 0.9 rotate x * -(14 + Layer * 26 + Between(-6, 6))
          rotate y * (360 / Count * (Number + Layer * 0.5) + Between(-4, 4)) scale 1 - Layer * 0.22
          pigment { spherical color_map { [0 color srgb Petal] [0.8 color srgb Petal * 0.75] } scale Long * 1.4 }
          finish { diffuse 0.7, 0.2 }
        }
      #end
    #end
    sphere { 0, 0.17 scale <1, 0.5, 1> translate y * 0.06 pigment { color srgb Center } normal { bumps 1 scale 0.03 } }
  }
#end
#macro Stalk(X, Y, Z, Tilt, Turn, Head)
  sphere_sweep { b_spline 5, <0, 0.5, 0>, 0.035, <0, 1.5, 0>, 0.035, <X * 0.2, 2.4, Z * 0.2>, 0.035, <X * 0.8, Y - 0.7, Z * 0.8>, 0.035, <X * 1.1, Y + 0.6, Z * 1.1>, 0.035 pigment { color srgb <0.28, 0.38, 0.16> } }
  object { Head rotate x * -Tilt rotate y * Turn translate <X, Y - 0.1, Z> }
#end
#declare White = Flower(<0.93, 0.92, 0.88>, <0.88, 0.66, 0.15>, 14, 0.36, 0.10)
#declare Yellow = Flower(<0.93, 0.74, 0.16>, <0.45, 0.26, 0.10>, 12, 0.38, 0.13)
#declare Pink = Flower(<0.86, 0.42, 0.52>, <0.85, 0.70, 0.25>, 9, 0.36, 0.17)
Stalk(-1.5, 4.0, -0.3, 55, 20, White)
Stalk(-0.6, 4.8, 0.1, 50, -5, Yellow)
Stalk(0.5, 4.3, -0.6, 60, -5, White)
Stalk(1.5, 4.5, 0.0, 50, -25, Pink)
Stalk(0.3, 5.3, 0.5, 40, -10, Pink)
Stalk(-1.9, 4.9, 0.4, 45, 20, Pink)
Stalk(-0.5, 3.7, -0.9, 70, 5, Pink)
Stalk(1.0, 3.5, -0.8, 70, -15, Yellow)
Stalk(2.1, 3.7, 0, 55, -25, White)
Stalk(-1.1, 3.3, -0.7, 70, 15, Yellow)
#for (Number, 0, 70)
  #local Angle = Between(0, 360);
  union {
    mesh {
      #for (Part, 0, 5)
        #local A = Part / 6; #local B = (Part + 1) / 6;
        #local WA = 0.16 * sin(pi * A); #local WB = 0.16 * sin(pi * B);
        triangle { <-WA, A - 0.5 * A * A, A * 0.3>, <WA, A - 0.5 * A * A, A * 0.3>, <WB, B - 0.5 * B * B, B * 0.3> }
        triangle { <-WA, A - 0.5 * A * A, A * 0.3>, <-WB, B - 0.5 * B * B, B * 0.3>, <WB, B - 0.5 * B * B, B * 0.3> }
      #end
    }
    pigment { color srgb <0.22, 0.35, 0.13> * Between(0.8, 1.4) } finish { diffuse 0.65, 0.2 specular 0.15 }
    scale Between(0.8, 1.5) rotate x * Between(20, 75) rotate y * Angle translate <0, Between(2.3, 3.4), 0> + vrotate(<0, 0, Between(0.2, 0.9)>, y * Angle)
  }
#end
