using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>Writes files that readers never see half of: beside their place, under a temporary name, and then renamed.</summary>
public static class WholeFile
{
    /// <summary>Writes a text in UTF-8.</summary>
    /// <param name="path">The file, replaced when it exists. Its folder must exist.</param>
    /// <param name="text">Its content.</param>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file, replaced when it exists. Its folder must exist.</param>
    /// <param name="content">Its content.</param>
    public static void Write(string path, byte[] content) => Write(path, stream => stream.Write(content));

    /// <summary>Deletes what processes that ended in the middle of writing left in a folder; files keep their names and contents.</summary>
    /// <param name="folder">The folder.</param>
    public static void Sweep(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "*.tmp"))
        {
            var parts = Path.GetFileName(path).Split('.');
            if (parts.Length > 3 && int.TryParse(parts[^3], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !IsRunning(process))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Writes what somebody puts into a stream.</summary>
    /// <param name="path">The file, replaced when it exists. Its folder must exist.</param>
    /// <param name="write">Writes the content; when it throws, the file is as it was.</param>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        // Processes and threads that write the same file do not meet in the temporary one.
        var temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
