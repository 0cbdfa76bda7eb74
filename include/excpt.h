/* excpt.h: structured exceptions need Microsoft's compiler; _transom.h says so where they are used. */
#pragma GCC system_header
#include <_transom.h>
