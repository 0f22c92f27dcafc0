// Sailing boats on a bay.
#include "common.inc"
camera { location <0, 2.4, -12> look_at <0, 2.8, 10> angle 50 right x * 4 / 3 }
Sunlight(<-0.6, 0.6, -0.5>, srgb <1.3, 1.24, 1.12>)
Sky(<0.80, 0.88, 0.95>, <0.25, 0.47, 0.80>, 0.48)
plane { y, 0 Water(<0.04, 0.20, 0.28>, 0.12, <0.35, 1, 0.2>) }
height_field {
  function 300, 300 { (0.2 + 0.5 * Grains(x / 0.8 + 0.4, y / 0.8, 0)) * sin(pi * y) }
  smooth Patchy(<0.22, 0.28, 0.13>, <0.44, 0.42, 0.28>, 0.02)
  translate <-0.5, 0, 0> scale <300, 26, 60> translate <0, -1, 120>
}
#macro Boat(Hull)
  union {
    intersection {
      sphere { 0, 1 scale <2.4, 0.9, 0.75> } plane { y, 0.1 } plane { -y, 0.6 }
      pigment { gradient y color_map { [0.55 color srgb <0.40, 0.20, 0.14>] [0.55 color srgb Hull] } scale 1 translate -0.8 } finish { specular 0.3 }
    }
    box { <-1.0, 0.05, -0.35>, <0.5, 0.38, 0.35> pigment { color srgb <0.90, 0.89, 0.86> } }
    cylinder { <0.2, 0, 0>, <0.2, 5.2, 0>, 0.04 pigment { color srgb <0.62, 0.48, 0.32> } }
    mesh {
      #for (Row, 0, 19)
        #local A = Row / 20; #local B = (Row + 1) / 20;
        triangle { <0.15, 0.6 + 4.5 * A, 0>, <0.15 - 2.1 * (1 - A), 0.6 + 4.5 * A, 0.25 * (1 - A)>, <0.15, 0.6 + 4.5 * B, 0> }
        triangle { <0.15 - 2.1 * (1 - A), 0.6 + 4.5 * A, 0.25 * (1 - A)>, <0.15 - 2.1 * (1 - B), 0.6 + 4.5 * B, 0.25 * (1 - B)>, <0.15, 0.6 + 4.5 * B, 0> }
      #end
      triangle { <0.28, 4.7, 0>, <2.2, 0.5, 0>, <0.28, 0.6, 0.25> }
      pigment { gradient y color_map { [0.96 color srgb <0.95, 0.94, 0.91>] [0.97 color srgb <0.8, 0.79, 0.76>] } scale 0.6 } finish { diffuse 0.7, 0.3 }
    }
  }
#end
object { Boat(<0.93, 0.93, 0.92>) rotate y * 20 translate <-2.6, 0.35, 2> }
object { Boat(<0.15, 0.22, 0.38>) rotate y * -15 scale 1.05 translate <3.6, 0.35, 8> }
object { Boat(<0.93, 0.93, 0.92>) rotate y * 10 translate <-8, 0.3, 26> }
object { Boat(<0.5, 0.14, 0.12>) rotate y * 160 translate <9, 0.3, 34> }
