using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Native;

/// <summary>libtorch's operators on oneDNN's kernels with work of other layers inside, and weights packed for those kernels; TorchSharp has none of them.</summary>
/// <remarks>
/// They are what PyTorch's compiler calls on processors. Float32 only: in shorter types they throw on processors without instructions for them. Source: torch/csrc/inductor/aoti_torch/c/shim_cpu.h and
/// torch/csrc/stable/c/shim.h of PyTorch 2.10; the operators' signatures are those of ATen/native/mkldnn/RegisterMkldnnOpContextClass.cpp.
/// </remarks>
internal static unsafe class OneDnn
{
    // Of the interface that lists and optional arguments are laid out for: 2.10, one byte for each part of the version from the highest down.
    private const ulong Interface = 0x020A_0000_0000_0000;

    private static readonly Lazy<Functions?> Found = new(static () => Functions.Find(LibTorch.Processor));

    private static Functions Native => Found.Value ?? throw new InvalidOperationException("This libtorch was built without oneDNN.");

    /// <summary>Whether these operators can take an input: on the processor, in float32, and libtorch has them.</summary>
    public static bool Computes(Tensor input) => input.dtype == ScalarType.Float32 && input.device_type == TorchSharp.DeviceType.CPU && Found.Value is not null;

    /// <summary>A convolution's weight in the layout that its kernel wants.</summary>
    /// <param name="weight">[outputs, inputs, kernel, kernel].</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <param name="input">Sizes of the input, [B, inputs, H, W], which the layout depends on.</param>
    /// <returns>A tensor that only <see cref="Convolution"/> can read.</returns>
    public static Tensor Pack(Tensor weight, int stride, int padding, long[] input)
    {
        nint handle;
        Check(Native.NewTensor(weight.Handle, &handle), "aoti_torch_new_tensor_handle");

        // The operator takes over the handle, the lists and the optional argument, which it frees as C++ does what it has allocated: by free().
        var size = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *size = List(input);
        var arguments = stackalloc ulong[] { (ulong)handle, List(padding, padding), List(stride, stride), List(1, 1), 1, (ulong)size };
        fixed (byte* name = "mkldnn::_reorder_convolution_weight\0"u8, overload = "\0"u8)
        {
            Check(Native.Call(name, overload, arguments, Interface), "mkldnn::_reorder_convolution_weight");
        }

        return Tensor.UnsafeCreateTensor((nint)arguments[0]);
    }

    /// <summary>A convolution with a packed weight.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <param name="packed">Of <see cref="Pack"/>.</param>
    /// <param name="bias">[outputs], or <c>null</c>.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros added on each side.</param>
    /// <returns>[B, outputs, H', W'], in the input's layout.</returns>
    public static Tensor Convolution(Tensor input, Tensor packed, Tensor? bias, int stride, int padding)
    {
        nint made;
        var biasHandle = bias?.Handle ?? 0;
        long* strides = stackalloc long[] { stride, stride }, paddings = stackalloc long[] { padding, padding }, dilation = stackalloc long[] { 1, 1 };
        fixed (byte* nothing = "none\0"u8)
        {
            Check(
                Native.Convolution(input.Handle, packed.Handle, bias is null ? null : &biasHandle, paddings, 2, strides, 2, dilation, 2, 1, nothing, null, 0, null, &made),
                "mkldnn::_convolution_pointwise");
        }

        GC.KeepAlive(bias);
        return Created(made, input, packed);
    }

    /// <summary>The exact GELU of a linear layer.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs].</param>
    /// <returns>[..., outputs].</returns>
    public static Tensor LinearGelu(Tensor input, Tensor weight, Tensor bias)
    {
        nint made;
        var biasHandle = bias.Handle;
        fixed (byte* gelu = "gelu\0"u8, exact = "none\0"u8)
        {
            var algorithm = exact;
            Check(Native.Linear(input.Handle, weight.Handle, &biasHandle, gelu, null, 0, &algorithm, &made), "mkldnn::_linear_pointwise");
        }

        GC.KeepAlive(bias);
        return Created(made, input, weight);
    }

    /// <summary>A linear layer times another tensor, element by element.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="factor">[..., outputs].</param>
    /// <returns>[..., outputs].</returns>
    public static Tensor LinearTimes(Tensor input, Tensor weight, Tensor bias, Tensor factor)
    {
        nint made;
        var biasHandle = bias.Handle;
        fixed (byte* times = "mul\0"u8)
        {
            Check(Native.LinearBinary(input.Handle, factor.Handle, weight.Handle, &biasHandle, times, &made), "mkldnn::_linear_pointwise.binary");
        }

        GC.KeepAlive(bias);
        GC.KeepAlive(factor);
        return Created(made, input, weight);
    }

    // A handle is not a reference: the tensors must outlive the call.
    private static Tensor Created(nint made, Tensor input, Tensor weight)
    {
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        return Tensor.UnsafeCreateTensor(made);
    }

    private static ulong List(params ReadOnlySpan<long> numbers)
    {
        nint list;
        Check(Native.NewList((nuint)numbers.Length, &list), "torch_new_list_reserve_size");
        foreach (var number in numbers)
        {
            Check(Native.Append(list, (ulong)number), "torch_list_push_back");
        }

        return (ulong)list;
    }

    private static void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"{call} failed; libtorch has written the reason to standard error.");
        }
    }

    private sealed class Functions
    {
        public required delegate* unmanaged<nint, nint*, int> NewTensor { get; init; }

        public required delegate* unmanaged<nuint, nint*, int> NewList { get; init; }

        public required delegate* unmanaged<nint, ulong, int> Append { get; init; }

        public required delegate* unmanaged<byte*, byte*, ulong*, ulong, int> Call { get; init; }

        public required delegate* unmanaged<nint, nint, nint*, long*, long, long*, long, long*, long, long, byte*, double**, long, byte**, nint*, int> Convolution { get; init; }

        public required delegate* unmanaged<nint, nint, nint*, byte*, double**, long, byte**, nint*, int> Linear { get; init; }

        public required delegate* unmanaged<nint, nint, nint, nint*, byte*, nint*, int> LinearBinary { get; init; }

        // All or none: a libtorch of another version or without oneDNN computes the plain way.
        public static Functions? Find(nint library)
        {
            string[] names =
            [
                "aoti_torch_new_tensor_handle", "torch_new_list_reserve_size", "torch_list_push_back", "torch_call_dispatcher",
                "aoti_torch_cpu_mkldnn__convolution_pointwise", "aoti_torch_cpu__linear_pointwise", "aoti_torch_cpu__linear_pointwise_binary",
            ];
            var found = new nint[names.Length];
            for (var i = 0; i < names.Length; i++)
            {
                if (!NativeLibrary.TryGetExport(library, names[i], out found[i]))
                {
                    return null;
                }
            }

            return new Functions
            {
                NewTensor = (delegate* unmanaged<nint, nint*, int>)found[0],
                NewList = (delegate* unmanaged<nuint, nint*, int>)found[1],
                Append = (delegate* unmanaged<nint, ulong, int>)found[2],
                Call = (delegate* unmanaged<byte*, byte*, ulong*, ulong, int>)found[3],
                Convolution = (delegate* unmanaged<nint, nint, nint*, long*, long, long*, long, long*, long, long, byte*, double**, long, byte**, nint*, int>)found[4],
                Linear = (delegate* unmanaged<nint, nint, nint*, byte*, double**, long, byte**, nint*, int>)found[5],
                LinearBinary = (delegate* unmanaged<nint, nint, nint, nint*, byte*, nint*, int>)found[6],
            };
        }
    }
}
