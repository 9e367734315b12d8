using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Native;

/// <summary>Tensors over memory that something else owns.</summary>
/// <remarks>TorchSharp can only copy from memory; libtorch's C interface wraps it. Source: torch/csrc/inductor/aoti_torch/c/shim.h of PyTorch 2.10.</remarks>
internal static unsafe class MappedTensor
{
    private static readonly Lazy<Exports> Shim = new(static () => new Exports());

    /// <summary>A tensor over memory.</summary>
    /// <param name="data">Address of the first element, in host memory that outlives the tensor.</param>
    /// <param name="shape">Its sizes; elements lie row by row without gaps.</param>
    /// <param name="type">Type of the elements.</param>
    public static Tensor Create(nint data, ReadOnlySpan<long> shape, ScalarType type)
    {
        Span<long> strides = stackalloc long[shape.Length];
        long step = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= shape[i];
        }

        return Create(data, shape, strides, type);
    }

    /// <summary>A tensor over memory whose elements lie apart.</summary>
    /// <param name="data">Address of the first element, in memory that outlives the tensor.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="strides">How far neighbours lie apart, in elements.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="device">Where the memory is; <c>null</c>: the host's.</param>
    public static Tensor Create(nint data, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, ScalarType type, Device? device = null)
    {
        nint handle;
        fixed (long* sizes = shape, steps = strides)
        {
            var code = Shim.Value.FromBlob(data, shape.Length, sizes, steps, 0, (int)type, device is null ? 0 : (int)device.type, device is null ? 0 : Math.Max(0, device.index), &handle);
            if (code != 0)
            {
                throw new InvalidOperationException($"libtorch could not wrap memory as {type} [{string.Join(", ", shape.ToArray())}].");
            }
        }

        return Tensor.UnsafeCreateTensor(handle);
    }

    private sealed class Exports
    {
        public Exports() => FromBlob = (delegate* unmanaged<nint, long, long*, long*, long, int, int, int, nint*, int>)
            NativeLibrary.GetExport(LibTorch.Processor, "aoti_torch_create_tensor_from_blob");

        // data, dimensions, sizes, strides, storage offset, element type, device type (0: processor, 1: CUDA), device index, result
        public delegate* unmanaged<nint, long, long*, long*, long, int, int, int, nint*, int> FromBlob { get; }
    }
}
