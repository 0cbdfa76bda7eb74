/* pshpack1.h: structures from here on are laid out with at most 1 bytes of alignment, until poppack.h. */
#pragma pack(push, 1)
