// A red car before a garage.
#declare Car = <0.55, 0.05, 0.05>;
#include "car.inc"
