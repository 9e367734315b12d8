namespace SimServe.GpuBackend.ModelFiles;

/// <summary>Writes text files that readers never see half of.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the path and renames.</summary>
    /// <param name="path">The file, replaced when it exists.</param>
    /// <param name="text">Its content.</param>
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
