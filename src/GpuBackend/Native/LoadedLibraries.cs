namespace SimServe.GpuBackend.Native;

/// <summary>Shared libraries that this process has mapped.</summary>
internal static class LoadedLibraries
{
    /// <summary>Paths of all of them, each once, in the order of their addresses.</summary>
    public static IEnumerable<string> Paths() => File.ReadLines("/proc/self/maps")
        .Select(static line => line.IndexOf('/') is var at and >= 0 ? line[at..] : string.Empty)
        .Where(static path => Path.GetFileName(path).Contains(".so", StringComparison.Ordinal) && File.Exists(path))
        .Distinct();

    /// <summary>Path of the one whose file name starts in a certain way, or <c>null</c>.</summary>
    /// <param name="prefix">E.g. <c>libstdc++.so.6</c>; packages add hashes and versions behind a name.</param>
    public static string? Find(string prefix) =>
        Paths().FirstOrDefault(path => Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal));
}
