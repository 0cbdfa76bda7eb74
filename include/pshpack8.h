/* pshpack8.h: structures from here on are laid out with at most 8 bytes of alignment, until poppack.h. */
#pragma pack(push, 8)
