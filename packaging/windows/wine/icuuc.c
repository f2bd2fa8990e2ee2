/* A stand-in for Windows' icuuc.dll, which Wine 8 lacks: the functions that Qt6Core links to, for the
 * conversion of old encodings, which the program does not use. Opening a converter fails, as it does
 * on Windows for an encoding that is unknown. For the Wine prefix of the proof only.
 */
#define U_FILE_ACCESS_ERROR 4
#define ABSENT(name) __declspec(dllexport) void *name(void) { return 0; }

__declspec(dllexport) void *ucnv_open(const char *name, int *error)
{
    (void)name;
    *error = U_FILE_ACCESS_ERROR;
    return 0;
}

ABSENT(ucnv_close)
ABSENT(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
ABSENT(UCNV_TO_U_CALLBACK_SUBSTITUTE)
ABSENT(ucnv_reset)
ABSENT(ucnv_getMaxCharSize)
ABSENT(ucnv_getName)
ABSENT(ucnv_getToUCallBack)
ABSENT(ucnv_getFromUCallBack)
ABSENT(ucnv_setToUCallBack)
ABSENT(ucnv_setFromUCallBack)
ABSENT(ucnv_cbToUWriteUChars)
ABSENT(ucnv_toUnicode)
ABSENT(ucnv_cbFromUWriteUChars)
ABSENT(ucnv_toUCountPending)
ABSENT(ucnv_fromUCountPending)
ABSENT(ucnv_getStandardName)
ABSENT(ucnv_getAvailableName)
ABSENT(ucnv_countAvailable)
ABSENT(ucnv_fromUnicode)
