/* pshpack4.h: structures from here on are laid out with at most 4 bytes of alignment, until poppack.h. */
#pragma pack(push, 4)
