/**
 * For PowerShell 5.1 and later. An empty word cannot be handed to a program by all of them, so that one is said by a
 * flag.
 */
export const powershellScript = `# PowerShell completion for maestro-cli. Load it with:
#   maestro-cli completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'maestro-cli' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @()
    $current = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.StartOffset -ge $cursorPosition) { break }
        $text = $element.Extent.Text
        if ($element.Extent.EndOffset -ge $cursorPosition) {
            # The word under the cursor, up to the cursor.
            $text = $text.Substring(0, $cursorPosition - $element.Extent.StartOffset)
            $current = $text
        }
        $words += $text.Trim('"', "'")
    }
    $options = if ($current -eq '') { @('--new-word') } else { @() }
    $program = $commandAst.CommandElements[0].Extent.Text.Trim('"', "'")
    $answer = @(& $program __complete @options '--' @words 2>$null)
    if ($answer.Count -eq 0) { return '' }
    $directive = [int]($answer[-1].TrimStart(':'))
    if ($directive -eq 0 -or $directive -eq 16) {
        $kept = ''
        $path = $current
        if ($current -match '^(-[^=]*=)(.*)$') { $kept = $Matches[1]; $path = $Matches[2] }
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($path) |
            Where-Object { $directive -eq 0 -or $_.ResultType -eq 'ProviderContainer' } |
            ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($kept + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
        return
    }
    # Without a candidate PowerShell offers files, unless it gets an empty one.
    if ($answer.Count -eq 1) { return '' }
    foreach ($line in $answer[0..($answer.Count - 2)]) {
        $word, $about = $line -split "\`t", 2
        if (-not $about) { $about = $word }
        $space = if ($directive -band 2) { '' } else { ' ' }
        [System.Management.Automation.CompletionResult]::new($word + $space, $word, 'ParameterValue', $about)
    }
}
`;
