using SimServe.GpuBackend.ModelFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SimServe.GpuBackend.Native;

/// <summary>TorchSharp's native library, made loadable on hosts with an older C++ library.</summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> of TorchSharp 0.107 needs <see cref="NewestCppVersion"/> (GCC 13.2), which Debian 12 and Ubuntu 22.04 lack. No relocation
/// points at the only symbol behind it, so a copy whose need is weak loads and runs correctly (decision 1 of the project's README).
/// </remarks>
public static class NativeBridge
{
    /// <summary>The library's file name.</summary>
    public const string FileName = "libLibTorchSharp.so";

    /// <summary>The symbol version of libstdc++ that older hosts lack.</summary>
    public const string NewestCppVersion = "GLIBCXX_3.4.32";

    /// <summary>The one symbol of that version: nothing is ever looked up under it, so that it may be missing.</summary>
    internal const string NewestCppSymbol = "_ZSt21ios_base_library_initv";

    private const string CppLibrary = "libstdc++.so.6";

    /// <summary>The library to load on this host: the original, or the patched copy where the host needs it.</summary>
    /// <param name="original">Path of the original.</param>
    /// <param name="cacheRoot">The folder for patched copies; created when needed.</param>
    /// <returns>The path and whether it is a patched copy.</returns>
    internal static (string Path, bool Patched) ForHost(string original, string cacheRoot) =>
        HostHasNewestCpp() ? (original, false) : (PatchedCopy(original, cacheRoot), true);

    /// <summary>The patched copy in the cache, written when it is missing or differs from what it must be.</summary>
    /// <param name="original">Path of the original.</param>
    /// <param name="cacheRoot">The folder for patched copies; created when needed.</param>
    /// <exception cref="InvalidDataException">The original is damaged.</exception>
    internal static string PatchedCopy(string original, string cacheRoot)
    {
        var wanted = File.ReadAllBytes(original);
        var hash = Convert.ToHexStringLower(SHA256.HashData(wanted));
        ElfVersionNeeds.Weaken(wanted, CppLibrary, NewestCppVersion);
        var folder = CreatePrivate(Path.Combine(cacheRoot, hash));
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(wanted))
        {
            WholeFile.Write(path, wanted);
        }

        return path;
    }

    /// <summary>The user's own cache folder for patched libraries.</summary>
    /// <exception cref="LibTorchNotFoundException">The user has neither a cache folder nor a home.</exception>
    internal static string UserCache()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (string.IsNullOrEmpty(cache) && string.IsNullOrEmpty(home))
        {
            throw new LibTorchNotFoundException(
                $"{FileName} must be patched for this host ({NewestCppVersion} is missing), but the user has no home folder. Set XDG_CACHE_HOME.");
        }

        return Path.Combine(string.IsNullOrEmpty(cache) ? Path.Combine(home, ".cache") : cache, "simserve", "native");
    }

    /// <summary>Whether the C++ library of this process has <see cref="NewestCppVersion"/>.</summary>
    internal static bool HostHasNewestCpp()
    {
        // The runtime itself usually has it loaded; loading it again by name finds that very copy.
        NativeLibrary.TryLoad(CppLibrary, out _);
        var path = LoadedLibraries.Find(CppLibrary);
        return path is null || File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes(NewestCppVersion + '\0')) >= 0;
    }

    private static string CreatePrivate(string folder) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(folder).FullName
        : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
