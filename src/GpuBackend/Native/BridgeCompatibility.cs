namespace SimServe.GpuBackend.Native;

/// <summary>Whether TorchSharp's native library finds everything it calls in the libtorch that was loaded.</summary>
/// <remarks>
/// The library is built against one version of libtorch and may be run on another, such as an installed PyTorch's. Functions bind when they are first
/// called: a missing one ends the process then, and only then. So what is missing is worth knowing beforehand.
/// </remarks>
internal static class BridgeCompatibility
{
    /// <summary>Symbols that the bridge needs and no library of this process defines, demangled by nobody, in alphabetical order.</summary>
    /// <param name="bridge">Path of <c>libLibTorchSharp.so</c>.</param>
    /// <param name="libraries">Paths of the libraries to look in.</param>
    /// <exception cref="InvalidDataException">The bridge is damaged.</exception>
    public static IReadOnlyList<string> Missing(string bridge, IEnumerable<string> libraries)
    {
        var missing = new SortedSet<string>(ElfSymbols.Read(bridge).Needed, StringComparer.Ordinal);
        missing.Remove(NativeBridge.NewestCppSymbol);
        foreach (var library in libraries)
        {
            if (missing.Count == 0)
            {
                break;
            }

            missing.ExceptWith(DefinedBy(library));
        }

        return [.. missing];
    }

    // What cannot be read defines nothing: the answer then names too much, never too little.
    private static IReadOnlyList<string> DefinedBy(string library)
    {
        try
        {
            return ElfSymbols.Read(library).Defined;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
