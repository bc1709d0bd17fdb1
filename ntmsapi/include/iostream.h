// The header of C++ before its standard, which programs of that time include.
#ifndef NEARLINE_IOSTREAM_H
#define NEARLINE_IOSTREAM_H

#ifdef __cplusplus
#include <iostream>
using std::cerr;
using std::cin;
using std::cout;
using std::endl;
using std::istream;
using std::ostream;
#endif

#endif
