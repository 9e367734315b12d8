namespace SimServe.GpuBackend.Native;

/// <summary>Which native Torch a process runs on, for logs and the records of a run.</summary>
/// <param name="Folder">The folder libtorch was loaded from.</param>
/// <param name="Bridge">The path of the loaded <c>libLibTorchSharp.so</c>.</param>
/// <param name="Patched">
/// Whether <paramref name="Bridge"/> is a copy whose need of <see cref="NativeBridge.NewestCppVersion"/> was made weak, because the host's C++ library lacks it.
/// </param>
/// <param name="TorchVersion">libtorch's version, e.g. <c>2.10.0</c>; <c>unknown</c> before 2.10.</param>
/// <param name="Cuda">Whether libtorch's CUDA library was found and loaded.</param>
public sealed record LibTorchInfo(string Folder, string Bridge, bool Patched, string TorchVersion, bool Cuda)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"libtorch {TorchVersion} ({(Cuda ? "CUDA" : "CPU")}) from {Folder}" +
        (Patched ? $"; {NativeBridge.FileName} without its need of {NativeBridge.NewestCppVersion}: {Bridge}" : string.Empty);
}
