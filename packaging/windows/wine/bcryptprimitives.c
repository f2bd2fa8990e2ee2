/* A stand-in for Windows' bcryptprimitives.dll, which Wine 8 lacks: random bytes for pydantic's hash
 * tables. For the Wine prefix of the proof only.
 */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T count)
{
    return RtlGenRandom(bytes, (ULONG)count);
}
