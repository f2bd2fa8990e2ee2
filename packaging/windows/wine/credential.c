/* For the proof: `credential.exe keep NAME` puts an entry into the Credential Manager, and
 * `credential.exe has NAME` ends with 0 if there is one. What the uninstaller leaves is seen by this.
 */
#include <windows.h>
#include <wchar.h>
#include <wincred.h>

int wmain(int argc, wchar_t **argv)
{
    CREDENTIALW kept = {0}, *found;
    if (argc != 3)
        return 2;
    if (!wcscmp(argv[1], L"has"))
        return CredReadW(argv[2], CRED_TYPE_GENERIC, 0, &found) ? 0 : 1;
    kept.Type = CRED_TYPE_GENERIC;
    kept.TargetName = argv[2];
    kept.UserName = L"somebody";
    kept.Persist = CRED_PERSIST_LOCAL_MACHINE;
    return CredWriteW(&kept, 0) ? 0 : 2;
}
