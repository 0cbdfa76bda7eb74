/* poppack.h: the alignment of structures is again as it was before the last pshpack. */
#pragma pack(pop)
