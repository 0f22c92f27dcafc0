// Sand, surf and palms by the sea.
#include "common.inc"
camera { location <-1, 2.8, -9> look_at <-2.5, 2.9, 12> angle 62 right x * 4 / 3 }
Sunlight(<-0.4, 0.75, -0.5>, srgb <1.3, 1.23, 1.1>)
Sky(<0.80, 0.90, 0.97>, <0.20, 0.45, 0.82>, 0.42)
plane {
  y, 0
  pigment {
    gradient x color_map {
      [0.00 color srgb <0.45, 0.62, 0.60>] [0.12 color srgb <0.16, 0.45, 0.52>] [0.5 color srgb <0.05, 0.24, 0.42>] [1 color srgb <0.04, 0.19, 0.38>]
    } scale 60 turbulence 0.02 rotate y * -35 translate x * 1
  }
  normal { bumps 0.2 scale <0.5, 1, 0.3> turbulence 0.4 }
  finish { diffuse 0.6 specular 0.3 roughness 0.01 reflection { 0.02, 0.7 fresnel on } }
  interior { ior 1.33 }
}
height_field {
  function 400, 400 { max(0, 0.45 - 0.55 * (x * 0.9 - (1 - y) * 0.42) + 0.03 * Lumps(x / 0.06, y / 0.06, 0) + 0.012 * Lumps(x / 0.015, y / 0.015, 2)) }
  smooth Patchy(<0.72, 0.62, 0.46>, <0.84, 0.75, 0.58>, 0.02) normal { granite 0.3 scale 0.01 }
  translate <-0.5, 0, 0> scale <60, 6, 90> translate <-4, -1.1, -12>
}
#macro Palm(Height, Lean)
  union {
    #for (Ring, 0, 40)
      #local T = Ring / 40;
      cone { <Lean * T * T, Height * T, 0>, 0.15 - 0.06 * T, <Lean * T * T, Height * (T + 0.027), 0>, 0.19 - 0.07 * T pigment { color srgb <0.47, 0.40, 0.32> * Between(0.8, 1.1) } }
    #end
    mesh {
      #for (Frond, 0, 17)
        #local Angle = Frond * 2.4;
        #local Rise = Between(0.1, 1.0);
        #for (Leaf, 1, 46)
          #local T = Leaf / 46;
          #local Out = <cos(Angle), 0, sin(Angle)>;
          #local Side = <-sin(Angle), 0, cos(Angle)>;
          #local P = <Lean, Height, 0> + Out * 2.6 * T + y * (Rise * 1.6 * T - 2.4 * T * T);
          #local Long = 0.65 * (1 - 0.7 * T) * sin(pi * min(1, T + 0.12));
          triangle { P, P + Out * 0.07, P + Side * Long + Out * 0.25 - y * Long * Between(0.3, 0.7) }
          triangle { P, P + Out * 0.07, P - Side * Long + Out * 0.25 - y * Long * Between(0.3, 0.7) }
        #end
      #end
      pigment { bozo color_map { [0 color srgb <0.20, 0.33, 0.10>] [1 color srgb <0.42, 0.52, 0.20>] } scale 0.6 }
      finish { diffuse 0.6, 0.3 specular 0.2 }
    }
  }
#end
object { Palm(6.5, 2.0) rotate y * 10 translate <-9.5, 0.9, 8> }
object { Palm(5.2, 1.6) rotate y * -30 translate <-8.2, 1.1, 5> }
object { Palm(7.5, 2.2) translate <-12, 0.9, 16> }
object { Palm(6.5, 1.2) rotate y * 60 translate <-11, 0.9, 26> }
