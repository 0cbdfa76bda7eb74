/* pshpack2.h: structures from here on are laid out with at most 2 bytes of alignment, until poppack.h. */
#pragma pack(push, 2)
