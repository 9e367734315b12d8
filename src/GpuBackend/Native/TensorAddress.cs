using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Native;

/// <summary>Where tensors lie, in host or device memory.</summary>
/// <remarks>TorchSharp's own answer is the start of the storage, of a copy for some types. Source: torch/csrc/inductor/aoti_torch/c/shim.h of PyTorch 2.10.</remarks>
internal static unsafe class TensorAddress
{
    private static readonly Lazy<nint> DataPointer = new(static () => NativeLibrary.GetExport(LibTorch.Processor, "aoti_torch_get_data_ptr"));

    /// <summary>The bytes of a tensor in host memory; valid while the tensor lives.</summary>
    /// <param name="tensor">Contiguous, on the processor, of less than 2 GiB.</param>
    public static Span<byte> Span(Tensor tensor) => new((void*)Of(tensor), checked((int)(tensor.numel() * tensor.element_size())));

    /// <summary>Address of a tensor's first element, on its device; valid while the tensor lives.</summary>
    /// <param name="tensor">Contiguous, not empty.</param>
    /// <exception cref="ArgumentException">Its elements are not one run of memory.</exception>
    public static nint Of(Tensor tensor)
    {
        if (!tensor.is_contiguous())
        {
            throw new ArgumentException($"A tensor with strides [{string.Join(", ", tensor.stride())}] is not one run of memory.", nameof(tensor));
        }

        nint address;
        return ((delegate* unmanaged<nint, nint*, int>)DataPointer.Value)(tensor.Handle, &address) == 0
            ? address
            : throw new InvalidOperationException("libtorch does not say where the tensor lies.");
    }
}
