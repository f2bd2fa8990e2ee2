# Installs the Setup.exe in dist/ on Windows itself, runs the installed program's self-test, installs
# once more over it, and removes it. What Wine cannot tell is told here.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

function Start-AndWait($file, $arguments) {
    $process = Start-Process -FilePath $file -ArgumentList $arguments -Wait -PassThru
    if ($process.ExitCode -ne 0) { throw "$file $arguments ended with $($process.ExitCode)" }
}

$setup = (Get-Item "dist\*-Setup.exe").FullName
$program = "$env:LOCALAPPDATA\Programs\ATZ Desktop"
$shots = Join-Path (Get-Location) "build\shots"
New-Item -ItemType Directory -Force $shots | Out-Null

Start-AndWait $setup "/S"
try {
    Start-AndWait "$program\atz-desktop.exe" @("--self-test", $shots)
} finally {
    Get-Content "$shots\self-test.txt" -ErrorAction SilentlyContinue
}
Start-AndWait $setup "/S"
Start-Process "$program\uninstall.exe" "/S" -Wait
$until = (Get-Date).AddSeconds(60)
while ((Test-Path $program) -and (Get-Date) -lt $until) { Start-Sleep 1 }
if (Test-Path $program) { throw "uninstalling left $program" }
Write-Output "Setup.exe: installed, tested, repaired and removed"

# The MSI: for the whole computer, with what an IT department sets.
$msi = (Get-Item "dist\*-x64.msi").FullName
$program = "$env:ProgramFiles\ATZ Desktop"
$policies = "HKLM:\SOFTWARE\ATZ Desktop"
$data = "$env:LOCALAPPDATA\ATZ Desktop"
New-Item -ItemType Directory -Force $data | Out-Null
Start-AndWait "msiexec.exe" @("/i", "`"$msi`"", "/qn", "/l*v", "$shots\msi.log", "APIURL=https://atz.example.com", "NOUPDATECHECK=1")
if ((Get-ItemProperty $policies).ApiUrl -ne "https://atz.example.com") { throw "APIURL was not set" }
if ((Get-ItemProperty $policies).NoUpdateCheck -ne "1") { throw "NOUPDATECHECK was not set" }
Remove-Item "$shots\self-test.txt" -ErrorAction SilentlyContinue
try {
    Start-AndWait "$program\atz-desktop.exe" @("--self-test", $shots)
} finally {
    Get-Content "$shots\self-test.txt" -ErrorAction SilentlyContinue
}
Start-AndWait "msiexec.exe" @("/fa", "`"$msi`"", "/qn")
Start-AndWait "msiexec.exe" @("/x", "`"$msi`"", "/qn")
if (Test-Path $program) { throw "uninstalling the MSI left $program" }
if (Test-Path $policies) { throw "uninstalling the MSI left $policies" }
if (-not (Test-Path $data)) { throw "uninstalling the MSI took what the person made" }
Write-Output "MSI: installed, tested, repaired and removed"
