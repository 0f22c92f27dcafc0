// The same car in blue.
#declare Car = <0.07, 0.20, 0.48>;
#include "car.inc"
