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
Write-Output "installed, tested, repaired and removed"
