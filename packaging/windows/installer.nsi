; Setup.exe of ATZ Desktop: for one person, without administrator rights.
;
; Each version lies in a folder of its own below $INSTDIR\versions, and current.txt names the one that
; the launcher starts. So an upgrade neither needs nor disturbs a program that is running, and a Setup
; that is cut off leaves the old version as it was. Folders that nobody uses any more are removed.
;
; /S  silent    /D=C:\Folder  where (last, without quotes)    /DESKTOP  a shortcut on the desktop too
; uninstall.exe: /S  silent, keeps drafts, history, settings and sign-in    /DELETEDATA  removes them
;
; Exit codes: 0 done, 1 cancelled, 2 not possible (the reason is shown unless /S).

Unicode true
Target amd64-unicode
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include x64.nsh
!include WinVer.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define NAME "ATZ Desktop"
!define EXE "atz-desktop.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define RUN_ONCE "Software\Microsoft\Windows\CurrentVersion\RunOnce"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" InstallLocation
BrandingText "${NAME} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${FOUR_NUMBERS}"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} Setup"
VIAddVersionKey CompanyName "The authors of ATZ Desktop"
VIAddVersionKey LegalCopyright "MIT licence"

!ifdef SIGN_CMD
  !uninstfinalize '${SIGN_CMD} "%1"' = 0
  !finalize '${SIGN_CMD} "%1"' = 0
!endif

Var Doing     ; what this run is: said on the first page
Var Folder    ; the name of the folder that is written, below versions
Var InUse     ; "yes" when a program is running from some folder
Var Act       ; what Others does: "look" or "remove"
Var Property  ; scratch: a COM object

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TITLE "$Doing"
!define MUI_WELCOMEPAGE_TEXT "ATZ Desktop corrects activities of ATZ CRM: it loads one by its ID, shows a form, and sends only what you changed.$\r$\n$\r$\nIt is installed for you alone; no administrator is needed. Drafts and history that are on this computer stay as they are.$\r$\n$\r$\nIf ATZ Desktop is running, go on working: the new version starts the next time."
!define MUI_FINISHPAGE_TITLE "ATZ Desktop is ready"
!define MUI_FINISHPAGE_TEXT "You find it in the Start menu."
!define MUI_FINISHPAGE_RUN "$INSTDIR\${EXE}"
!define MUI_FINISHPAGE_RUN_TEXT "Start ATZ Desktop now"
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME_TEXT "Put a shortcut on the desktop"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION PutOnDesktop
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; Finds out whether a program runs from the folder $R1: the launcher holds in-use.txt open then.
; "${un}" because NSIS keeps the functions of Setup and of the uninstaller apart.
!macro Freeing un
Function ${un}IsFree ; answer in $R2: "yes" or "no"
  StrCpy $R2 yes
  ${If} ${FileExists} "$R1\in-use.txt"
    ClearErrors
    Delete "$R1\in-use.txt"
    ${If} ${Errors}
      StrCpy $R2 no
    ${EndIf}
  ${EndIf}
FunctionEnd

; Goes through all versions but $Folder below $INSTDIR\versions: $InUse says whether one is running.
; With $Act "remove" the others are removed; Windows is asked to remove a running one at the next
; sign-in.
Function ${un}Others
  StrCpy $InUse no
  FindFirst $R3 $R4 "$INSTDIR\versions\*"
  ${DoUntil} $R4 == ""
    StrCpy $R1 "$INSTDIR\versions\$R4"
    ${If} $R4 != "."
    ${AndIf} $R4 != ".."
    ${AndIf} $R4 != $Folder
    ${AndIf} ${FileExists} "$R1\python313.dll"
      Call ${un}IsFree
      ${If} $R2 == no
        StrCpy $InUse yes
      ${EndIf}
      ${If} $R2$Act == yesremove
        RMDir /r "$R1"
        DeleteRegValue HKCU "${RUN_ONCE}" "${NAME} $R4"
      ${ElseIf} $R2$Act == noremove
        WriteRegStr HKCU "${RUN_ONCE}" "${NAME} $R4" '"$SYSDIR\cmd.exe" /c rmdir /s /q "$R1"'
      ${EndIf}
    ${EndIf}
    FindNext $R3 $R4
  ${Loop}
  FindClose $R3
FunctionEnd
!macroend
!insertmacro Freeing ""
!insertmacro Freeing "un."

; Tells the task bar that the shortcut $R5 and the program's windows belong together.
Function NameShortcut
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("$R5", ${STGM_READWRITE})'
      ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.s)'
      Pop $Property
      ${If} $Property P<> 0
        System::Call 'Oleaut32::SysAllocString(w "${APP_ID}") i.r3'
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r4'
        System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_BSTR},,&i4 $3)p.r5'
        ${IPropertyStore::SetValue} $Property '($4,$5)'
        ${IPropertyStore::Commit} $Property ""
        System::Free $4
        System::Call 'Ole32::PropVariantClear(p $5)'
        System::Free $5
        ${IUnknown::Release} $Property ""
        ${IPersistFile::Save} $1 '("$R5", 1)'
      ${EndIf}
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
FunctionEnd

Function PutOnDesktop
  StrCpy $R5 "$DESKTOP\${NAME}.lnk"
  SetOutPath "$INSTDIR"
  CreateShortcut "$R5" "$INSTDIR\${EXE}"
  Call NameShortcut
FunctionEnd

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "ATZ Desktop needs Windows 10 or newer, 64 bit." /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" DisplayVersion
  ${If} $0 == ""
    StrCpy $Doing "Install ATZ Desktop ${VERSION}"
  ${ElseIf} $0 == "${VERSION}"
    StrCpy $Doing "Repair ATZ Desktop ${VERSION}"
  ${Else}
    StrCpy $Doing "Change ATZ Desktop from $0 to ${VERSION}"
  ${EndIf}
FunctionEnd

Section
  SetShellVarContext current
  ; A free folder: that of this version, or, when that one is running (a repair), one beside it.
  StrCpy $Folder "${VERSION_ID}"
  StrCpy $R0 1
  ${Do}
    StrCpy $R1 "$INSTDIR\versions\$Folder"
    Call IsFree
    ${If} $R2 == yes
      ${Break}
    ${EndIf}
    IntOp $R0 $R0 + 1
    StrCpy $Folder "${VERSION_ID}.$R0"
  ${Loop}
  RMDir /r "$INSTDIR\versions\$Folder"
  DeleteRegValue HKCU "${RUN_ONCE}" "${NAME} $Folder"
  SetOutPath "$INSTDIR\versions\$Folder"
  ClearErrors
  File /r "${PAYLOAD}\*"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "Not all files could be written to $INSTDIR. What was installed before is as it was." /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}

  SetOutPath "$INSTDIR"
  ClearErrors
  Delete "$INSTDIR\${EXE}"
  ${If} ${Errors} ; it is running: a running file can be renamed, not replaced
    System::Call 'kernel32::GetTickCount() i .r0'
    Rename "$INSTDIR\${EXE}" "$INSTDIR\atz-desktop-$0.old"
  ${EndIf}
  File "${LAUNCHER}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  FileOpen $0 "$INSTDIR\current.new" w
  FileWrite $0 "$Folder$\r$\n"
  FileClose $0
  ; 9: replace what is there, and come back when it is on the disk
  System::Call 'kernel32::MoveFileExW(w "$INSTDIR\current.new", w "$INSTDIR\current.txt", i 9) i .r0'
  StrCpy $Act remove
  Call Others
  Delete "$INSTDIR\atz-desktop-*.old"

  StrCpy $R5 "$SMPROGRAMS\${NAME}.lnk"
  CreateShortcut "$R5" "$INSTDIR\${EXE}"
  Call NameShortcut
  ${GetParameters} $R0
  ${GetOptions} $R0 "/DESKTOP" $R1
  ${IfNot} ${Errors}
    Call PutOnDesktop
  ${EndIf}
  WriteRegStr HKCU "${UNINSTALL_KEY}" DisplayName "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" DisplayVersion "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" DisplayIcon "$INSTDIR\${EXE}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" Publisher "The authors of ATZ Desktop"
  WriteRegStr HKCU "${UNINSTALL_KEY}" InstallLocation "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" UninstallString '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" EstimatedSize ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" NoModify 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" NoRepair 1
SectionEnd

Function un.onInit
  StrCpy $Folder ""
FunctionEnd

Section Uninstall
  SetShellVarContext current
again:
  StrCpy $Act look
  Call un.Others
  ${If} $InUse == yes
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "ATZ Desktop is running. Close it, then choose Retry." /SD IDCANCEL IDRETRY again
    SetErrorLevel 2
    Quit
  ${EndIf}
  ; The question first: nobody is asked after everything is gone.
  StrCpy $R9 keep
  ${GetParameters} $R0
  ${GetOptions} $R0 "/DELETEDATA" $R1
  ${IfNot} ${Errors}
    StrCpy $R9 delete
  ${ElseIf} ${Cmd} `MessageBox MB_YESNO|MB_ICONQUESTION "Keep your drafts, your history, your settings and your sign-in on this computer?$\r$\n$\r$\nYes: a later installation finds them again.$\r$\nNo: they are deleted and cannot be brought back." /SD IDYES IDNO`
    StrCpy $R9 delete
  ${EndIf}
  ${If} $R9 == delete
    ExecWait '"$INSTDIR\${EXE}" --forget-tokens'
  ${EndIf}

  StrCpy $Act remove
  Call un.Others
  RMDir "$INSTDIR\versions"
  Delete "$INSTDIR\${EXE}"
  Delete "$INSTDIR\atz-desktop-*.old"
  Delete "$INSTDIR\current.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  ${If} $R9 == delete
    RMDir /r "$LOCALAPPDATA\${NAME}"
  ${EndIf}
SectionEnd
