using System.Reflection;

namespace SimServe.GpuBackend.Native;

/// <summary>Where the native Torch files are looked for.</summary>
internal static class NativeFolders
{
    /// <summary>The environment variable that chooses the folder of libtorch, e.g. an installed PyTorch's <c>torch/lib</c>.</summary>
    public const string Variable = "SIMSERVE_LIBTORCH";

    private const string Advice =
        $"Set {Variable} to a folder that holds libtorch 2.10 (its lib folder, or an installed PyTorch's torch/lib).";

    /// <summary>The folder that holds libtorch_cpu.</summary>
    public static string Torch()
    {
        var chosen = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(chosen)
            ? First("libtorch_cpu.so", Embedded("SimServe.LibTorchFolder"))
            : First("libtorch_cpu.so", [chosen]);
    }

    /// <summary>The folder that holds TorchSharp's own library.</summary>
    public static string Bridge() => First(NativeBridge.FileName, Embedded("SimServe.LibTorchSharpFolder"));

    /// <summary>The first of the folders that holds a file.</summary>
    /// <exception cref="LibTorchNotFoundException">None does.</exception>
    public static string First(string file, IReadOnlyList<string> folders) =>
        folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, file)))
        ?? throw new LibTorchNotFoundException($"{file} is missing; looked in {string.Join(", ", folders)}. {Advice}");

    private static List<string> Embedded(string key)
    {
        var folder = typeof(NativeFolders).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == key)?.Value;
        List<string> folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native")];
        if (!string.IsNullOrEmpty(folder))
        {
            folders.Insert(0, folder);
        }

        return folders;
    }
}
