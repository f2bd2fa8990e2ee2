/* atz-desktop.exe: the program's own process, with its own icon and name in the task bar.
 *
 * It lies beside `current.txt`, which names the folder below `versions` that is to be started. Python
 * runs inside of this process (Py_Main of python313.dll), so there is no visible pythonw. An upgrade
 * writes a new folder and then current.txt: a running program keeps its own folder until it ends,
 * because this process holds `in-use.txt` in it open, which the installer then cannot delete.
 */
#include <windows.h>
#include <shlobj.h>
#include <wchar.h>
#include <wincred.h>

#define NAME L"ATZ Desktop"
#define ROOM 1024

typedef int (*Py_Main)(int argc, wchar_t **argv);

static wchar_t home[ROOM];

static int fail(const wchar_t *what)
{
    wchar_t text[2 * ROOM];
    _snwprintf(text, 2 * ROOM - 1,
               L"ATZ Desktop cannot start: %ls.\n\nRun its Setup again to repair it. Your drafts and "
               L"your history are not touched by that.", what);
    text[2 * ROOM - 1] = 0;
    MessageBoxW(NULL, text, NAME, MB_OK | MB_ICONERROR);
    return 3;
}

/* Removes every token that the program keeps in the Credential Manager (keyring's two forms). */
static int forget_tokens(void)
{
    const wchar_t *many = L"@" NAME;
    CREDENTIALW **all = NULL;
    DWORD count = 0, each;
    if (!CredEnumerateW(NULL, 0, &count, &all))
        return GetLastError() == ERROR_NOT_FOUND ? 0 : 1;
    for (each = 0; each < count; each++) {
        const wchar_t *name = all[each]->TargetName;
        size_t length = wcslen(name), ending = wcslen(many);
        if (!wcscmp(name, NAME) || (length > ending && !wcscmp(name + length - ending, many)))
            CredDeleteW(name, all[each]->Type, 0);
    }
    CredFree(all);
    return 0;
}

/* The folder to start, from current.txt; 0 if there is none. */
static int read_current(wchar_t *folder)
{
    char line[200] = "";
    wchar_t file[ROOM], name[200];
    DWORD length = 0;
    HANDLE handle;
    _snwprintf(file, ROOM - 1, L"%ls\\current.txt", home);
    handle = CreateFileW(file, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                         NULL, OPEN_EXISTING, 0, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return 0;
    ReadFile(handle, line, sizeof line - 1, &length, NULL);
    CloseHandle(handle);
    line[strcspn(line, "\r\n")] = 0;
    if (!*line || strpbrk(line, "\\/:") || !MultiByteToWideChar(CP_UTF8, 0, line, -1, name, 200))
        return 0;
    _snwprintf(folder, ROOM - 1, L"%ls\\versions\\%ls", home, name);
    return 1;
}

/* Says that the folder is in use, for as long as this process lives. */
static int hold(const wchar_t *folder)
{
    wchar_t file[ROOM];
    _snwprintf(file, ROOM - 1, L"%ls\\in-use.txt", folder);
    return CreateFileW(file, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_ALWAYS, 0, NULL)
           != INVALID_HANDLE_VALUE;
}

/* A windowed program started from a command line has nowhere to print to: there, use its console. */
static void find_console(int argc, wchar_t **argv)
{
    static const wchar_t *const talk[] = {L"--help", L"-h", L"--version", L"--self-test"};
    HANDLE console;
    size_t word;
    int each;
    for (each = 1; each < argc; each++)
        for (word = 0; word < sizeof talk / sizeof *talk; word++)
            if (!wcscmp(argv[each], talk[word]) && !GetStdHandle(STD_OUTPUT_HANDLE)
                && AttachConsole(ATTACH_PARENT_PROCESS)) {
                console = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE,
                                      FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
                SetStdHandle(STD_OUTPUT_HANDLE, console);
                SetStdHandle(STD_ERROR_HANDLE, console);
                return;
            }
}

static int start(int argc, wchar_t **argv)
{
    static wchar_t *before[] = {NULL, L"-X", L"utf8", L"-m", L"atz_desktop"};
    const int extra = sizeof before / sizeof *before;
    wchar_t folder[ROOM] = L"", library[ROOM], **all;
    HMODULE python;
    Py_Main run;
    int each;
    /* An upgrade may remove the folder between the two steps: then current.txt names another. */
    if (!(read_current(folder) && hold(folder)) && !(read_current(folder) && hold(folder)))
        return fail(L"the file current.txt, or the version that it names, is missing");
    SetCurrentProcessExplicitAppUserModelID(APP_ID);
    _snwprintf(library, ROOM - 1, L"%ls\\python313.dll", folder);
    python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!python)
        return fail(L"python313.dll is missing or damaged");
    run = (Py_Main)(void *)GetProcAddress(python, "Py_Main");
    all = calloc(argc + extra, sizeof *all);
    if (!run || !all)
        return fail(L"python313.dll is damaged");
    memcpy(all, before, sizeof before);
    all[0] = argv[0];
    for (each = 1; each < argc; each++)
        all[extra + each - 1] = argv[each];
    return run(argc + extra - 1, all);
}

int WINAPI wWinMain(HINSTANCE self, HINSTANCE other, PWSTR line, int show)
{
    int argc = 0;
    wchar_t **argv = CommandLineToArgvW(GetCommandLineW(), &argc), *end;
    (void)self; (void)other; (void)line; (void)show;
    if (!GetModuleFileNameW(NULL, home, ROOM) || !(end = wcsrchr(home, L'\\')) || !argv)
        return fail(L"Windows does not say where the program lies");
    *end = 0;
    if (argc == 2 && !wcscmp(argv[1], L"--forget-tokens"))
        return forget_tokens();
    find_console(argc, argv);
    return start(argc, argv);
}
